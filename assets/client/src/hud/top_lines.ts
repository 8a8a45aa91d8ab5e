/**
 * What a game wants read along the top, beneath the clock: of the match rather than of one's ship.
 */

import type { Description, Scene } from "@ricochet/sdk";
import { element, show } from "./dom";
import { Line, linesAt } from "./vitals";

export class TopLines {
  readonly root = element("section", "top-lines");
  private lines: readonly Line[] = [];

  constructor() {
    this.root.setAttribute("aria-label", "The match");
    show(this.root, false);
  }

  /** How many lines there are. */
  enter(description: Description): number {
    this.lines = linesAt(description, "top").map((line) => new Line(line));
    this.root.replaceChildren(...this.lines.map((line) => line.root));
    return this.lines.length;
  }

  draw(scene: Scene): void {
    const playing = this.lines.length > 0 && scene.me_id > 0; // who only watches is told none of these integers
    show(this.root, playing);
    if (!playing) return;
    for (const line of this.lines) line.draw(scene);
  }
}
