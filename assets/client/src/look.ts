/**
 * Puts together everything seen, heard and touched. The netcode holds the result and knows nothing of what is inside.
 *
 * A happening reaches the player by three ways: the picture (`Stage`), the words over it (`Hud`) and `Sound`; all three take
 * it from the scene they are shown, or from the same event.
 */

import "./style.css";
import "./games.css";
import "./touch.css";
import "./forced.css";

import {
  type Arena, type ChatView, type Clip, type GameEvent, type Lens, type LinkState, type LobbyNews, type Look, NOTHING, type Scene, type Stay, type Wishes,
} from "@ricochet/sdk";
import type { Library } from "./build/library";
import { DeviceControls } from "./controls";
import { numberIn } from "./hud/bodies";
import { element } from "./hud/dom";
import { Hud } from "./hud/hud";
import { Killcam } from "./killcam/killcam";
import { LobbyPage } from "./lobby/lobby_page";
import { RoomMenu } from "./lobby/room_menu";
import { titleOf } from "./lobby/rooms";
import { isNews } from "./news";
import { Overlay } from "./overlay";
import type { Effect } from "./render/effects";
import { PICTURE_LOST, Stage, hasWebGL } from "./render/stage";
import { calm, settings } from "./settings";
import { Sound } from "./sound";
import { Watcher } from "./watching/watcher";

/** A pause longer than this (a hidden tab) is not caught up with. */
const STEP_MAX_S = 0.1;
/** An explosion this near shakes the picture. */
const SHAKE_REACH = 420;

/** Of the page in the lobby; in a room that one's title comes first. */
const TITLE = document.title;

/** Why there is nothing to see; its message is a sentence for the player. */
export class CannotDraw extends Error {
  constructor(cause: unknown) {
    super("This browser can't draw the arena: WebGL is missing or turned off. Another browser, or graphics acceleration in this one's settings, will help.", { cause });
  }
}

/** A look that also says what its killcam shows. */
export interface PageLook extends Look {
  readonly killcam: Killcam;
  /** Which server one is connected to; said with each room that one enters. */
  at(url: string): void;
}

/** Fills `root`, showing the lobby. Rejects with `CannotDraw` where there is no WebGL, and otherwise if a part of the page didn't come. */
export async function openLook(root: HTMLElement, wishes: Wishes, library: Library): Promise<PageLook> {
  root.classList.add("ricochet");
  const view = element("div", "view");
  root.append(view);
  const lobby = new LobbyPage(wishes, library);
  root.append(lobby.root);
  lobby.shown = true;
  const stage = await Stage.open(view).catch((error: unknown) => {
    lobby.shown = false;
    throw hasWebGL() ? error : new CannotDraw(error);
  });
  return new WholeLook(root, view, stage, lobby, wishes);
}

class WholeLook implements PageLook {
  readonly controls: DeviceControls;
  readonly overlay: Overlay;
  readonly killcam: Killcam;
  private readonly stage: Stage;
  private readonly page: LobbyPage;
  private readonly menu: RoomMenu;
  private readonly hud: Hud;
  private readonly watcher: Watcher;
  private readonly sound = new Sound(settings.muted);
  private entered = false;
  private state: LinkState["state"] = "connecting";
  /** Why one isn't where one wanted to be, if that is the latest. */
  private refusal = "";
  private drawn_s: number | null = null;

  constructor(root: HTMLElement, view: HTMLElement, stage: Stage, page: LobbyPage, wishes: Wishes) {
    this.stage = stage;
    this.page = page;
    this.menu = new RoomMenu((wish) => {
      this.refusal = "";
      wishes.go(null, wish);
    }, (name) => wishes.rename(name));
    this.overlay = new Overlay((weather) => wishes.network(weather));
    this.hud = new Hud(wishes, (muted) => this.sound.setMuted(muted), () => this.menu.open());
    this.hud.shown = false;
    this.killcam = new Killcam(stage);
    this.hud.install(this.killcam.panel.button, this.killcam.panel.root);
    this.watcher = new Watcher((player, x, y) => wishes.watch(player, x, y));
    this.hud.root.append(this.watcher.root);
    root.append(this.hud.root, this.overlay.root, this.menu.root);
    this.controls = new DeviceControls(view, this.hud.root);
  }

  enter(stay: Stay): void {
    const description = stay.description ?? NOTHING;
    this.show(true);
    this.stage.enter(stay.arena, description);
    this.hud.enter(stay.arena, description);
    this.controls.enter(description);
    this.killcam.enter(stay);
    this.watcher.enter(stay.role, stay.arena.size);
    const title = titleOf({ name: stay.room, title: stay.title ?? "" });
    document.title = `${title} · ${TITLE}`;
    this.hud.call(title);
    this.menu.enter(stay, title);
    if (this.page.entered(title)) this.menu.invite();
  }

  at(url: string): void {
    this.hud.last.enter(url);
  }

  lobby(news: LobbyNews): void {
    this.page.take(news, this.hud.last.address);
  }

  /** One is in the lobby now, from wherever. */
  private arrive(): void {
    if (this.entered) this.show(false);
    this.page.chat.begin();
  }

  private show(entered: boolean): void {
    this.entered = entered;
    this.hud.shown = entered;
    this.page.shown = !entered;
    this.controls.active = entered;
    if (entered) return;
    document.title = TITLE;
    this.menu.leave();
    this.killcam.leave();
    if (this.refusal !== "") this.page.refuse(this.refusal);
  }

  rearrange(arena: Arena): void {
    this.stage.rearrange(arena);
    this.hud.rearrange(arena);
    this.killcam.rearrange(arena);
  }

  cover(...layers: HTMLElement[]): void {
    this.hud.root.before(...layers);
  }

  get lens(): Lens {
    return this.stage.camera;
  }

  draw(scene: Scene): void {
    const { state } = scene.link;
    if (state === "lobby" && this.state !== "lobby") this.arrive();
    this.state = state;
    if (!this.entered) {
      this.page.showLink(scene.link);
      return;
    }
    const dt_s = this.secondsSince(scene.time_s);
    if (this.watcher.active) this.watcher.draw(scene, this.controls.sample().move, dt_s);
    this.killcam.draw(scene);
    const effects = this.stage.draw(scene, dt_s, calm());
    for (const effect of effects) this.feel(effect, scene);
    this.controls.origin = this.stage.camera.toScreen(scene.me ?? scene.camera);
    this.sound.hear(effects, scene);
    if (this.stage.lost) this.hud.notice.say(PICTURE_LOST);
    this.hud.draw(scene, dt_s);
    this.overlay.draw(performance.now());
  }

  event(event: GameEvent, scene: Scene): void {
    if (!isNews(event, scene)) {
      this.hud.missed(event);
      return;
    }
    if (this.hud.event(event)) this.sound.shout();
    if (event.name === "pulse") this.pulse(event, scene);
    if (event.name === "hit" && numberIn(event.body, "player") === scene.me_id) {
      this.suffer(Math.min(1, numberIn(event.body, "damage") / 40));
    }
  }

  slain(clip: Clip, scene: Scene): void {
    this.killcam.take(clip, isNews(clip.ending, scene));
  }

  /** Of the room that one is in, or of the lobby. */
  get chat(): ChatView {
    return this.entered ? this.hud : this.page.chat;
  }

  notice(sentence: string): void {
    if (this.menu.root.open) this.menu.say(sentence);
    else this.hud.notice.say(sentence);
  }

  refuse(sentence: string): void {
    this.refusal = sentence;
    if (this.entered) this.notice(sentence);
    else this.page.refuse(sentence);
  }

  private pulse({ body }: GameEvent, scene: Scene): void {
    const [from, to] = [
      { x: numberIn(body, "x"), y: numberIn(body, "y") },
      { x: numberIn(body, "to_x"), y: numberIn(body, "to_y") },
    ];
    this.stage.pulse(from, to, numberIn(body, "player"), numberIn(body, "hit") > 0, scene);
  }

  private feel(effect: Effect, { camera }: Scene): void {
    if (effect.name === "hurt" && effect.mine) this.suffer(0.3 + 2 * effect.amount);
    if (effect.name !== "explosion") return;
    const near = 1 - Math.hypot(effect.x - camera.x, effect.y - camera.y) / SHAKE_REACH;
    if (effect.mine) this.suffer(1);
    else if (near > 0) this.stage.jolt(0.5 * near);
  }

  private suffer(strength: number): void {
    this.stage.jolt(0.3 + 0.5 * strength);
    this.hud.flashHurt(calm() ? 0.3 : 0.35 + 0.65 * strength);
  }

  private secondsSince(time_s: number): number {
    const dt_s = this.drawn_s === null ? 0 : time_s - this.drawn_s;
    this.drawn_s = time_s;
    return Math.min(STEP_MAX_S, Math.max(0, dt_s));
  }
}
