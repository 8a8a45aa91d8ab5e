/**
 * How loud, and on which side, something that happened there is heard here. Pure.
 */

import type { Vec } from "@ricochet/sdk";

export interface Heard {
  /** 0..1 */
  gain: number;
  /** -1 left … 1 right */
  pan: number;
}

const NEAR_UNITS = 160;
const SILENT_UNITS = 1000;
const PAN_UNITS = 620;
const PAN_MAX = 0.8;

/** Full within `NEAR_UNITS`, then fading to nothing. */
export function heard(at: Vec, listener: Vec): Heard {
  const [dx, dy] = [at.x - listener.x, at.y - listener.y];
  const far = (Math.hypot(dx, dy) - NEAR_UNITS) / (SILENT_UNITS - NEAR_UNITS);
  const near = 1 - Math.min(1, Math.max(0, far));
  return { gain: near * near, pan: Math.max(-PAN_MAX, Math.min(PAN_MAX, dx / PAN_UNITS)) };
}
