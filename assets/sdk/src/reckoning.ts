/**
 * Where an entity is, ticks after it was published: what everyone believes until told otherwise.
 * The twin of `protocol/reckoning.py`, whose header gives the formulas.
 *
 * Both ends must get the same bits, because deltas are residuals against this: only + - * / in exactly this order.
 */

import type { Kind } from "./kinds";
import { gainOf, keepOf, thrustOf } from "./motion";
import { ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest, wrapAngle } from "./quantize";
import type { Vec } from "./scene";

/** Powers of `keep` are tabled this far; later ticks use the last entry. */
export const DECAY_TICKS_MAX = 600;

/** One entity as everyone believes it: wire integers, and the tick at which they were true. */
export interface Published {
  id: number;
  kind: number;
  variant: number;
  owner: number;
  status: number;
  tick: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
  spin: number;
  move_x: number;
  move_y: number;
}

/** A belief at one tick: world units, units/s and 1/256 turns; or the same five as wire integers. */
export interface Reckoned {
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
}

interface Decay {
  powers: Float64Array;
  sums: Float64Array;
}

const decays = new Map<number, Decay>();

/** keep^n and its running sums, n = 0..600, by repeated multiplication and addition. */
function decayOf(keep: number): Decay {
  let decay = decays.get(keep);
  if (!decay) {
    const powers = new Float64Array(DECAY_TICKS_MAX + 1).fill(1, 0, 1);
    const sums = new Float64Array(DECAY_TICKS_MAX + 1);
    for (let n = 1; n <= DECAY_TICKS_MAX; n += 1) {
      powers[n] = powers[n - 1]! * keep;
      sums[n] = sums[n - 1]! + powers[n]!;
    }
    decay = { powers, sums };
    decays.set(keep, decay);
  }
  return decay;
}

const thrust: Vec = { x: 0, y: 0 };

/** What is believed of `published` at `tick` (a whole one, not before its own). */
export function reckon(published: Published, kind: Kind, tick: number, tick_rate: number, into: Reckoned = nowhere()): Reckoned {
  const n = tick - published.tick;
  const keep = keepOf(kind, tick_rate);
  let k = 1;
  let s = n;
  let ux = 0;
  let uy = 0;
  if (keep !== 1) {
    const decay = decayOf(keep);
    const at = Math.min(n, DECAY_TICKS_MAX);
    k = decay.powers[at]!;
    s = decay.sums[at]!;
    const gain = gainOf(kind, tick_rate);
    thrustOf(published.move_x, published.move_y, thrust);
    ux = (thrust.x * gain) / (1 - keep);
    uy = (thrust.y * gain) / (1 - keep);
  }
  const vx = published.vx / kind.velocity_scale;
  const vy = published.vy / kind.velocity_scale;
  into.x = published.x / POSITION_SCALE + (n * ux + (vx - ux) * s) / tick_rate;
  into.y = published.y / POSITION_SCALE + (n * uy + (vy - uy) * s) / tick_rate;
  into.vx = ux + (vx - ux) * k;
  into.vy = uy + (vy - uy) * k;
  into.angle = published.angle + (published.spin * n) / (tick_rate * (SPIN_SCALE / ANGLE_STEPS));
  return into;
}

/** The belief at `tick` as wire integers: what residuals are added to. */
export function reckonWire(published: Published, kind: Kind, tick: number, tick_rate: number): Reckoned {
  const at = reckon(published, kind, tick, tick_rate);
  at.x = nearest(at.x * POSITION_SCALE);
  at.y = nearest(at.y * POSITION_SCALE);
  at.vx = nearest(at.vx * kind.velocity_scale);
  at.vy = nearest(at.vy * kind.velocity_scale);
  at.angle = wrapAngle(nearest(at.angle));
  return at;
}

export function nowhere(): Reckoned {
  return { x: 0, y: 0, vx: 0, vy: 0, angle: 0 };
}
