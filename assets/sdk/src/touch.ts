/**
 * What we push is drawn where it is foreseen, not where everything else is, a little in the past: a rock must not lag behind
 * the hull that shoves it, nor a hull bounce off before it is reached.
 *
 *     drawn = past + share * (foreseen - past)        share: 1 within NEAR_UNITS of our hull, 0 beyond FAR_UNITS
 *
 * The share changes at most by one in FADE_S, and what is no longer foreseen falls back from where it was drawn. When a
 * snapshot moves what was foreseen, that melts as our own ship's corrections do.
 */

import type { Beside } from "./ahead";
import { wrapAngle } from "./quantize";
import type { Reckoned } from "./reckoning";
import type { Vec } from "./scene";
import { Smoothing } from "./smoothing";

const NEAR_UNITS = 8;
const FAR_UNITS = 72;
const FADE_S = 0.15;
const STEPS_PER_RADIAN = 128 / Math.PI;

interface Touched {
  share: number;
  /** From the past to what is foreseen, as it was drawn last. */
  x: number;
  y: number;
  angle: number;
  readonly smoothing: Smoothing;
}

export class Touch {
  readonly #touched = new Map<number, Touched>();
  readonly #drawn: Reckoned = { x: 0, y: 0, vx: 0, vy: 0, angle: 0 };

  /** A snapshot has moved by so much what was foreseen of `entity`. */
  moved(entity: number, dx: number, dy: number): void {
    this.#touched.get(entity)?.smoothing.moved(dx, dy);
  }

  /** Another ship of ours, or none: nothing of ours touches anything. */
  clear(): void {
    this.#touched.clear();
  }

  /**
   * Where to draw `entity`, which is at `past` in the picture, and `foreseen`, if it is; our hull, of `radius`, is drawn at `me`. `turns`: its angle is
   * foreseen as well. Valid until the next call.
   */
  draw(entity: number, past: Readonly<Reckoned>, foreseen: Readonly<Beside> | null, me: Vec, radius: number, turns: boolean, elapsed_s: number): Readonly<Reckoned> {
    let touched = this.#touched.get(entity);
    const wanted = foreseen ? shareAt(Math.hypot(foreseen.x - me.x, foreseen.y - me.y) - radius - foreseen.reach) : 0;
    if (!touched) {
      if (wanted === 0) return past;
      touched = { share: 0, x: 0, y: 0, angle: 0, smoothing: new Smoothing(2 * radius) };
      this.#touched.set(entity, touched);
    }
    const most = elapsed_s / FADE_S;
    touched.share += Math.max(-most, Math.min(most, wanted - touched.share));
    touched.smoothing.melt(elapsed_s);
    if (touched.share <= 0) {
      this.#touched.delete(entity);
      return past;
    }
    if (foreseen) aim(touched, past, foreseen, turns);
    return this.#mix(past, touched);
  }

  /** Forgets what isn't drawn any more. */
  keep(drawn: ReadonlyMap<number, unknown>): void {
    for (const entity of this.#touched.keys()) if (!drawn.has(entity)) this.#touched.delete(entity);
  }

  #mix(past: Readonly<Reckoned>, { share, x, y, angle }: Touched): Reckoned {
    const drawn = this.#drawn;
    drawn.x = past.x + share * x;
    drawn.y = past.y + share * y;
    drawn.vx = past.vx;
    drawn.vy = past.vy;
    drawn.angle = past.angle + share * angle;
    return drawn;
  }
}

function aim(touched: Touched, past: Readonly<Reckoned>, foreseen: Readonly<Beside>, turns: boolean): void {
  touched.x = foreseen.x + touched.smoothing.x - past.x;
  touched.y = foreseen.y + touched.smoothing.y - past.y;
  touched.angle = turns ? wrapAngle(foreseen.angle * STEPS_PER_RADIAN - past.angle) : 0;
}

function shareAt(gap: number): number {
  return Math.max(0, Math.min(1, (FAR_UNITS - gap) / (FAR_UNITS - NEAR_UNITS)));
}
