/**
 * How one's own ship is, as bars and words: the lines of the game's description that belong there.
 *
 * The server tells what is left of a time, not of how much; the longest that was seen since it last ran out is taken for the
 * whole.
 */

import type { Description, HudLine, Scene } from "@ricochet/sdk";
import { css, hue } from "../render/palette";
import { element, mark, show, style, write } from "./dom";

const UNTIL = "_until";
/** Of a bar that is always there: with less it warns. */
const LOW_SHARE = 0.3;

/** A count-down whose start is not told: remembers the longest. */
class CountDown {
  private whole = 0;

  /** What is left, 0..1. */
  share(left: number): number {
    this.whole = left <= 0 ? 0 : Math.max(this.whole, left);
    return this.whole === 0 ? 0 : left / this.whole;
  }
}

/** What a line's integer is now; of a tick, how many are left until then. */
export function valueOf({ name }: HudLine, { hud }: Pick<Scene, "hud">): number {
  return hud[name.endsWith(UNTIL) ? `${name.slice(0, -UNTIL.length)}_ticks` : name] ?? 0;
}

/** What is written beside or instead of a bar; "" where the line is not to be shown. Pure. */
export function wordsOf(line: HudLine, value: number, tick_rate: number): string {
  switch (line.style) {
    case "time":
      return value > 0 ? seconds(value, tick_rate) : "";
    case "ready":
      return value > 0 ? seconds(value, tick_rate) : "ready";
    case "text":
      return line.texts[value] ?? "";
    case "arrow":
      return "";
    default:
      return value === 0 && line.hides ? "" : String(value);
  }
}

function seconds(ticks: number, tick_rate: number): string {
  return `${(ticks / tick_rate).toFixed(1)} s`;
}

/** The lines that are written there. Arrows are drawn into the picture, wherever they are said to be. Pure. */
export function linesAt({ hud }: Pick<Description, "hud">, where: HudLine["where"]): HudLine[] {
  return hud.filter((line) => line.where === where && line.style !== "arrow");
}

export class Line {
  readonly root: HTMLElement;
  private readonly line: HudLine;
  private readonly value = element("span", "bar-value");
  private readonly left = new CountDown();

  constructor(line: HudLine) {
    this.line = line;
    const short = line.name.endsWith(UNTIL) ? line.name.slice(0, -UNTIL.length) : line.name;
    const track = line.style === "number" || line.style === "text" ? [] : [element("div", "bar-track", element("div", "bar-fill"))];
    this.root = element("div", `bar bar-${line.style}`, element("span", "bar-label", line.label), ...track, this.value);
    this.root.dataset["line"] = short;
    style(this.root, "--hue", css(hue(line.hue)));
  }

  /** Whether it is a bar that is never hidden. */
  get isAlwaysThere(): boolean {
    return this.line.style === "bar" && !this.line.hides;
  }

  draw(scene: Scene): void {
    const value = valueOf(this.line, scene);
    const words = wordsOf(this.line, value, scene.tick_rate);
    show(this.root, words !== "");
    write(this.value, words);
    const share = this.share(value);
    style(this.root, "--share", Math.min(1, Math.max(0, share)).toFixed(3));
    mark(this.root, "ready", this.line.style === "ready" && value <= 0);
    mark(this.root, "low", this.line.style === "bar" && !this.line.hides && share <= LOW_SHARE);
  }

  private share(value: number): number {
    if (this.line.style === "bar") return value / Math.max(1, this.line.max);
    const left = this.left.share(value);
    return this.line.style === "ready" ? 1 - left : left;
  }
}

export class Vitals {
  readonly root = element("section", "vitals");
  private lines: readonly Line[] = [];

  constructor() {
    this.root.setAttribute("aria-label", "Your ship");
  }

  enter(description: Description): void {
    this.lines = linesAt(description, "ship").map((line) => new Line(line));
    this.root.replaceChildren(...this.lines.map((line) => line.root));
    this.lines.find((line) => line.isAlwaysThere)?.root.classList.add("bar-first");
  }

  draw(scene: Scene): void {
    show(this.root, scene.me !== null);
    if (scene.me === null) return;
    for (const line of this.lines) line.draw(scene);
  }
}
