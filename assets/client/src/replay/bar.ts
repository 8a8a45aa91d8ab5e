/**
 * The bar beneath a replay: play and pause, speed, leaps to what happened, and whom to follow.
 */

import type { PlayerInfo } from "@ricochet/sdk";
import { element, givesKeysBack, write } from "../hud/dom";
import { SPEEDS, type Transport, minutes } from "./transport";

/** What can be asked for, by a button as by a key. */
export interface Asked {
  toggle(): void;
  skip(seconds: number): void;
  mark(step: 1 | -1): void;
  turn(step: 1 | -1): void;
  follow(player: number): void;
}

export class Bar {
  readonly root: HTMLElement;
  private readonly play: HTMLButtonElement;
  private readonly time = element("output", "bar-time");
  private readonly speed = element("select", "bar-select");
  private readonly who = element("select", "bar-select bar-who");
  private listed = "";

  constructor(transport: Transport, asked: Asked, timeline: HTMLElement) {
    this.play = button("❚❚", "Pause", "Space", () => asked.toggle());
    this.play.classList.add("bar-play");
    givesKeysBack(this.speed);
    givesKeysBack(this.who);
    this.speed.append(...SPEEDS.map((speed) => new Option(`${speed}×`, String(speed))));
    this.speed.setAttribute("aria-label", "Speed");
    this.speed.addEventListener("change", () => (transport.speed = Number(this.speed.value)));
    this.who.setAttribute("aria-label", "Follow");
    this.who.addEventListener("change", () => asked.follow(Number(this.who.value)));
    this.time.setAttribute("aria-label", "Time");
    this.time.setAttribute("aria-live", "off"); // else a screen reader would count the seconds
    const playing = element(
      "div", "bar-group",
      button("«", "Five seconds back", "←", () => asked.skip(-5)), this.play,
      button("»", "Five seconds on", "→", () => asked.skip(5)), this.speed, this.time,
    );
    const marks = element(
      "div", "bar-group",
      button("◂ ✕", "The kill or goal before", "P", () => asked.mark(-1)),
      button("✕ ▸", "The next kill or goal", "N", () => asked.mark(1)),
    );
    const watching = element(
      "div", "bar-group bar-watching",
      button("‹", "Follow the player before", "[", () => asked.turn(-1)), this.who,
      button("›", "Follow the next player", "]", () => asked.turn(1)),
    );
    this.root = element("section", "replay-bar panel", timeline, element("div", "bar-row", playing, marks, watching));
    this.root.setAttribute("aria-label", "Playback");
  }

  draw(transport: Transport, players: ReadonlyMap<number, PlayerInfo>, followed: number): void {
    const label = transport.playing ? "Pause" : "Play";
    write(this.play, transport.playing ? "❚❚" : "▶");
    if (this.play.getAttribute("aria-label") !== label) this.play.setAttribute("aria-label", label);
    write(this.time, `${minutes(transport.seconds)} / ${minutes(transport.length_s)}`);
    if (this.speed.value !== String(transport.speed)) this.speed.value = String(transport.speed);
    this.list(players);
    if (this.who.value !== String(followed)) this.who.value = String(players.has(followed) ? followed : 0);
  }

  private list(players: ReadonlyMap<number, PlayerInfo>): void {
    const listed = [...players.values()].map(({ id, name, bot }) => `${id} ${name} ${bot}`).join("\n");
    if (listed === this.listed) return;
    this.listed = listed;
    const options = [...players.values()].map(({ id, name, bot }) => new Option(bot ? `${name} (bot)` : name, String(id)));
    this.who.replaceChildren(new Option("Free camera", "0"), ...options);
  }
}

function button(face: string, label: string, key: string, act: () => void): HTMLButtonElement {
  const made = element("button", "bar-button", face);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.title = `${label} (${key})`;
  made.addEventListener("click", act);
  return made;
}
