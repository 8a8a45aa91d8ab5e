/**
 * What a correction would make jump on screen, melted: an offset that is added to what is drawn, never to the state.
 *
 * A tenth of it is left after MELT_S, at any frame rate; beyond a few bodies it is better to jump.
 */

const MELT_S = 0.1;
const SNAP_BODIES = 4;

export class Smoothing {
  x = 0;
  y = 0;
  readonly #snap_units: number;

  /** `body_units`: the diameter of what is drawn. */
  constructor(body_units: number) {
    this.#snap_units = SNAP_BODIES * body_units;
  }

  /** The state has just moved by this much; what is drawn stays where it was, unless that is too far away. */
  moved(dx: number, dy: number): void {
    this.x -= dx;
    this.y -= dy;
    if (Math.hypot(this.x, this.y) > this.#snap_units) this.clear();
  }

  melt(elapsed_s: number): void {
    const left = 0.1 ** (elapsed_s / MELT_S);
    this.x *= left;
    this.y *= left;
  }

  clear(): void {
    this.x = 0;
    this.y = 0;
  }
}
