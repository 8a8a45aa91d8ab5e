/**
 * What stands in the way in an arena: so that nobody is drawn beyond a wall when it isn't known yet how it bounced.
 * The twin of `bots/walls.py`.
 */

import { type Engine, type Space, makeSpace } from "./physics";
import type { Arena, Vec } from "./scene";

/** An arena's solid parts. */
export class Walls {
  readonly #space: Space;

  constructor(engine: Engine, arena: Arena) {
    this.#space = makeSpace(engine, arena);
  }

  /** How much of the way from `a` to `b` something of `radius` can go, 0..1. What it touches already is not in its way. */
  reach(a: Vec, b: Vec, radius: number): number {
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length === 0) return 1;
    // The engine looks for walls where the line itself goes: so the line goes on for a radius.
    const more = (length + radius) / length;
    const reach = this.#space.reach(a.x, a.y, a.x + (b.x - a.x) * more, a.y + (b.y - a.y) * more, radius);
    return Math.min(1, reach * more);
  }
}
