/**
 * Watching without playing: a bar to choose whom to go along with, and a camera that roams with the keys or the stick.
 *
 * Where one looks is said to the server, which shows what is there: at once when it is somebody else, now and then while roaming.
 */

import type { Scene, Vec } from "@ricochet/sdk";
import { isOutOfPlay } from "../controls/out_of_play";
import { element, givesKeysBack, show } from "../hud/dom";
import { Gaze } from "../replay/gaze";
import { Word } from "./word";
import "./watching.css";

export type Say = (player: number, x: number, y: number) => void;

export class Watcher {
  readonly root: HTMLElement;
  private readonly who = element("select", "watch-who");
  private readonly say: Say;
  private gaze: Gaze | null = null;
  private word = new Word();
  private listed = "";
  private ids: number[] = [];
  private chosen = false;

  constructor(say: Say) {
    this.say = say;
    this.who.setAttribute("aria-label", "Follow");
    givesKeysBack(this.who);
    this.who.addEventListener("change", () => this.follow(Number(this.who.value)));
    this.root = element(
      "section", "watch-bar panel", element("span", "watch-label", "Watching"),
      arrow("‹", "Follow the player before ([)", () => this.turn(-1)), this.who, arrow("›", "Follow the next player (])", () => this.turn(1)),
    );
    this.root.setAttribute("aria-label", "Watching");
    show(this.root, false);
    window.addEventListener("keydown", ({ key, target }) => {
      if (this.gaze === null || isOutOfPlay(target)) return;
      if (key === "[") this.turn(-1);
      if (key === "]") this.turn(1);
    });
  }

  /** Whether one watches; who plays, and has no ship just now, doesn't. */
  get active(): boolean {
    return this.gaze !== null;
  }

  /** Another room, or another role in it. */
  enter(role: string, size: { width: number; height: number }): void {
    this.gaze = role === "spectator" ? new Gaze(size) : null;
    this.word = new Word();
    this.chosen = false;
    show(this.root, this.gaze !== null);
  }

  /** Moves the scene's camera to where one looks. */
  draw(scene: Scene, move: Vec, elapsed_s: number): void {
    const { gaze } = this;
    if (gaze === null) return;
    this.list(scene);
    if (!this.chosen && this.ids.length > 0) this.follow(scene.match?.standings[0]?.player ?? this.ids[0]!);
    gaze.roam(move, elapsed_s);
    gaze.keep(scene.entities.find(({ kind, owner }) => kind === "ship" && owner === gaze.followed), elapsed_s, false);
    Object.assign(scene.camera, { x: gaze.x, y: gaze.y });
    const followed = String(this.ids.includes(gaze.followed) ? gaze.followed : 0);
    if (this.who.value !== followed) this.who.value = followed;
    if (this.word.isDue(gaze, scene.time_s)) this.say(gaze.followed, Math.round(gaze.x), Math.round(gaze.y));
  }

  private follow(player: number): void {
    this.chosen = true;
    this.gaze?.follow(player);
  }

  private turn(step: 1 | -1): void {
    this.chosen = true;
    this.gaze?.turn(this.ids, step);
  }

  private list({ players }: Scene): void {
    const listed = [...players.values()].map(({ id, name, bot }) => `${id} ${name} ${bot}`).join("\n");
    if (listed === this.listed) return;
    this.listed = listed;
    this.ids = [...players.keys()];
    const options = [...players.values()].map(({ id, name, bot }) => new Option(bot ? `${name} (bot)` : name, String(id)));
    this.who.replaceChildren(new Option("Free camera", "0"), ...options);
  }
}

function arrow(face: string, label: string, act: () => void): HTMLButtonElement {
  const made = element("button", "watch-arrow", face);
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
