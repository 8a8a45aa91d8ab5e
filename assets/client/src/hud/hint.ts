/**
 * How to play, for the first seconds of a visit; on a touch screen in a touch screen's words.
 */

import type { Scene } from "@ricochet/sdk";
import { element, show } from "./dom";

const SHOWN_S = 14;

export const KEYS: readonly (readonly [string, string])[] = [
  ["WASD", "fly"],
  ["Mouse", "aim"],
  ["Click", "shoot"],
  ["Right click", "pulse"],
  ["Shift", "boost"],
  ["Tab", "scores"],
];
export const TOUCHES: readonly (readonly [string, string])[] = [
  ["Left thumb", "fly"],
  ["Right thumb", "aim and shoot"],
  ["Buttons", "boost and pulse"],
];

export class Hint {
  readonly root: HTMLElement;
  private since_s: number | null = null;

  constructor() {
    this.root = element("div", "hint", hintList(KEYS, "keys"), hintList(TOUCHES, "touches"));
  }

  draw(scene: Scene): void {
    if (scene.me !== null) this.since_s ??= scene.time_s;
    const playing = scene.me !== null && scene.match?.phase !== "podium";
    show(this.root, playing && this.since_s !== null && scene.time_s - this.since_s < SHOWN_S);
  }
}

/** The style sheet shows the list that suits the screen. */
export function hintList(hints: readonly (readonly [string, string])[], className: string): HTMLElement {
  return element("ul", `hints ${className}`, ...hints.map(([key, what]) => element("li", "", element("kbd", "", key), what)));
}
