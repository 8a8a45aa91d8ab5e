/**
 * Everything that is written over the picture, and the keys that belong to it: Tab, Enter, slash, M, and P on the podium.
 */

import type { Arena, ChatTo, ChatView, Description, GameEvent, Said, Scene, Wishes } from "@ricochet/sdk";
import { ChatPanel } from "../chat/panel";
import { letterOf } from "../controls/letter";
import { isOutOfPlay } from "../controls/out_of_play";
import { css, livery } from "../render/palette";
import { settings } from "../settings";
import { Curtain } from "../watching/curtain";
import { LastReplay } from "./again";
import { Banner } from "./banner";
import { element, mark, show, style } from "./dom";
import { Hint } from "./hint";
import { Middle } from "./middle";
import { Minimap } from "./minimap";
import { NewsFeed } from "./newsfeed";
import { Notice } from "./notice";
import { AGAIN_KEY, Podium } from "./podium";
import { Scoreboard } from "./scoreboard";
import { Shout } from "./shout";
import { TeamScore } from "./teamscore";
import { TopLines } from "./top_lines";
import { TopLine } from "./topline";
import { Vitals } from "./vitals";

export class Hud implements ChatView {
  readonly root: HTMLElement;
  readonly notice = new Notice();
  readonly last = new LastReplay();
  private readonly topLine = new TopLine();
  private readonly topLines = new TopLines();
  private readonly minimap = new Minimap();
  private readonly feed = new NewsFeed();
  private readonly vitals = new Vitals();
  private readonly board = new Scoreboard();
  private readonly podium = new Podium();
  private readonly middle = new Middle();
  private readonly teamScore = new TeamScore();
  private readonly hint = new Hint();
  private readonly shout = new Shout();
  private readonly curtain = new Curtain();
  private readonly chat: ChatPanel;
  private readonly banner: Banner;
  private readonly buttons: HTMLElement;
  private readonly flash = element("div", "flash");
  private readonly muteButton = iconButton("mute", "Mute", "M");
  private scene: Scene | null = null;
  private hurt = 0;

  constructor(wishes: Wishes, onMute: (muted: boolean) => void, onMenu: () => void) {
    this.chat = new ChatPanel({ say: (to, text) => wishes.chat(to, text), colourOf: (line) => this.colourOf(line) });
    this.banner = new Banner(() => wishes.again());
    const menuButton = iconButton("doors", "Room menu", "Esc");
    const boardButton = iconButton("scores", "Scoreboard", "Tab");
    const chatButton = iconButton("say", "Chat", "Enter");
    boardButton.addEventListener("click", () => {
      this.board.toggle();
      boardButton.blur(); // Enter is the chat's
    });
    menuButton.addEventListener("click", onMenu);
    chatButton.addEventListener("click", () => this.chat.open());
    this.muteButton.addEventListener("click", () => this.toggleMute(onMute));
    this.showMuted();

    this.buttons = element("div", "buttons", chatButton, boardButton, this.muteButton, menuButton);
    const corner = element("div", "corner", this.minimap.root, this.buttons, this.feed.root);
    const foot = element("div", "foot", this.chat.root, this.notice.root, this.vitals.root);
    this.root = element(
      "div", "hud",
      element("div", "vignette"), this.flash, this.topLine.score, this.topLine.clock, this.teamScore.root, this.topLines.root, corner, foot,
      this.hint.root, this.shout.root, this.middle.root, this.curtain.root, this.board.root, this.podium.root, this.banner.root,
    );
    window.addEventListener("keydown", (event) => this.keyDown(event, onMute));
    window.addEventListener("keyup", (event) => {
      if (event.code === "Tab") this.board.hold(false);
    });
    window.addEventListener("blur", () => this.board.hold(false));
  }

  /** A button more among the others, and the panel that it opens beneath them. */
  install(button: HTMLElement, panel: HTMLElement): void {
    this.buttons.prepend(button);
    this.buttons.after(panel);
  }

  rearrange(arena: Arena): void {
    this.minimap.enter(arena);
  }

  /** What people call the room. */
  call(title: string): void {
    this.board.call(title);
  }

  enter(arena: Arena, description: Description): void {
    this.minimap.enter(arena);
    this.feed.enter();
    this.vitals.enter(description);
    this.middle.enter(description);
    style(this.root, "--tops", String(this.topLines.enter(description)));
    this.hint.enter(description);
    this.board.enter(description);
    this.teamScore.enter(description);
  }

  draw(scene: Scene, dt_s: number): void {
    this.scene = scene;
    this.topLine.draw(scene);
    this.topLines.draw(scene);
    this.minimap.draw(scene);
    this.feed.draw(scene);
    this.vitals.draw(scene);
    this.board.draw(scene);
    this.podium.draw(scene, this.last.address);
    this.middle.draw(scene);
    this.curtain.draw(scene);
    this.teamScore.draw(scene);
    this.hint.draw(scene);
    this.shout.draw(scene);
    this.chat.draw(scene.time_s);
    this.notice.draw(scene.time_s);
    this.banner.draw(scene);
    this.hurt = Math.max(0, this.hurt - 2.5 * dt_s);
    style(this.flash, "--hurt", this.hurt.toFixed(2));
  }

  /** Whether it was worth a shout. */
  event(event: GameEvent): boolean {
    this.last.event(event);
    this.feed.event(event);
    return this.scene !== null && this.shout.event(event, this.scene);
  }

  /** It happened while nobody looked. */
  missed(event: GameEvent): void {
    this.last.event(event);
  }

  begin(channels: readonly ChatTo[]): void {
    this.chat.begin();
    this.chat.setChannels(channels);
  }

  add(line: Said): void {
    this.chat.add(line);
  }

  refuse(sentence: string): void {
    this.chat.refuse(sentence);
  }

  /** That of their ship, if they fly one here. */
  private colourOf(line: Said): string | null {
    const player = line.player > 0 ? this.scene?.players.get(line.player) : undefined;
    return player === undefined ? null : css(livery(player.colour).colour);
  }

  /** Reddens the edges of the screen, 0..1. */
  flashHurt(strength: number): void {
    this.hurt = Math.min(1, Math.max(this.hurt, strength));
  }

  private keyDown(event: KeyboardEvent, onMute: (muted: boolean) => void): void {
    if (this.root.hidden || isOutOfPlay(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Tab") this.board.hold(true);
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) this.chat.open();
    else if (event.key === "/") this.chat.open("/");
    else if (letterOf(event) === "KeyM" && !event.repeat) this.toggleMute(onMute);
    else if (letterOf(event) !== `Key${AGAIN_KEY}` || event.repeat || !this.podium.follow()) return;
    event.preventDefault();
  }

  private toggleMute(onMute: (muted: boolean) => void): void {
    settings.muted = !settings.muted;
    this.showMuted();
    onMute(settings.muted);
    this.muteButton.blur();
  }

  private showMuted(): void {
    mark(this.muteButton, "muted", settings.muted);
    this.muteButton.setAttribute("aria-pressed", String(settings.muted));
    this.muteButton.title = settings.muted ? "Sound is off (M)" : "Sound is on (M)";
  }

  set shown(shown: boolean) {
    show(this.root, shown);
  }
}

/** A button that shows a picture; `label` is for who can't see it, `key` does the same. */
function iconButton(className: string, label: string, key: string): HTMLButtonElement {
  const button = element("button", `icon-button ${className}`);
  button.type = "button";
  button.title = `${label} (${key})`;
  button.setAttribute("aria-label", label);
  return button;
}
