/**
 * How to play, for the first seconds of a visit; on a touch screen in a touch screen's words.
 */

import type { Control, Description, Kill, Scene } from "@ricochet/sdk";
import { element, show } from "./dom";

const SHOWN_S = 14;

const KEY_OF: Readonly<Record<Control["button"], string>> = {
  move: "WASD", aim: "Mouse", fire: "Click", pulse: "Right click", boost: "Shift",
};

/** What each key does, as the game describes it. Pure. */
export function keysOf(controls: readonly Control[], kills: readonly Kill[] = []): (readonly [string, string])[] {
  const again = kills.length > 0 ? [["K", "killcam"] as const] : [];
  return [...controls.map(({ button, does }) => [KEY_OF[button], does] as const), ["Tab", "scores"], ...again];
}

/** The same for thumbs: the right one aims and fires at once. Pure. */
export function touchesOf(controls: readonly Control[]): (readonly [string, string])[] {
  const does = (...buttons: Control["button"][]) => controls.filter(({ button }) => buttons.includes(button)).map((one) => one.does).join(" and ");
  const rows = [["Left thumb", does("move")], ["Right thumb", does("aim", "fire")], ["Buttons", does("boost", "pulse")]] as const;
  return rows.filter(([, what]) => what !== "");
}

export class Hint {
  readonly root = element("div", "hint");
  private since_s: number | null = null;

  enter({ controls, kills }: Description): void {
    this.root.replaceChildren(...hintLists(controls, kills));
    this.since_s = null;
  }

  draw(scene: Scene): void {
    if (scene.me !== null) this.since_s ??= scene.time_s;
    const playing = scene.me !== null && scene.match?.phase !== "podium";
    show(this.root, playing && this.since_s !== null && scene.time_s - this.since_s < SHOWN_S);
  }
}

/** For keys, and for thumbs: the style sheet shows the list that suits the screen. */
export function hintLists(controls: readonly Control[], kills: readonly Kill[] = []): HTMLElement[] {
  return [hintList(keysOf(controls, kills), "keys"), hintList(touchesOf(controls), "touches")];
}

function hintList(hints: readonly (readonly [string, string])[], className: string): HTMLElement {
  return element("ul", `hints ${className}`, ...hints.map(([key, what]) => element("li", "", element("kbd", "", key), what)));
}
