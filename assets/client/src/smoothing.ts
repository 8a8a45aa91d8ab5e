/**
 * What a correction would make jump on screen, melted: an offset that is added to what is drawn, never to the state.
 *
 * Small offsets (below a quarter of a body) melt by 5 % per 1/60 s, large ones (above one body) by 15 %, between them in
 * between; beyond a few bodies it is better to jump. The same at any frame rate.
 */

const SLOW_MELT = 0.95;
const FAST_MELT = 0.85;
const SNAP_BODIES = 6;
const FRAMES_PER_S = 60;

export class Smoothing {
  x = 0;
  y = 0;
  readonly #body_units: number;

  /** `body_units`: the diameter of what is drawn. */
  constructor(body_units: number) {
    this.#body_units = body_units;
  }

  /** The state has just moved by this much; what is drawn stays where it was, unless that is too far away. */
  moved(dx: number, dy: number): void {
    this.x -= dx;
    this.y -= dy;
    if (Math.hypot(this.x, this.y) > SNAP_BODIES * this.#body_units) this.clear();
  }

  melt(elapsed_s: number): void {
    const bodies = Math.hypot(this.x, this.y) / this.#body_units;
    const share = Math.max(0, Math.min(1, (bodies - 0.25) / 0.75));
    const left = (SLOW_MELT + (FAST_MELT - SLOW_MELT) * share) ** (elapsed_s * FRAMES_PER_S);
    this.x *= left;
    this.y *= left;
  }

  clear(): void {
    this.x = 0;
    this.y = 0;
  }
}
