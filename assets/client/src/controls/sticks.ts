/**
 * From what devices say to where a player wants to go. Pure.
 */

import type { Vec } from "@ricochet/sdk";

/** The vector, shortened to length 1 if it is longer. */
export function atMostOne(x: number, y: number): Vec {
  const length = Math.hypot(x, y);
  return length > 1 ? { x: x / length, y: y / length } : { x, y };
}

/** A stick without its middle, where it never quite rests; from there to the rim it goes 0 to 1 in its own direction. */
export function withoutDeadZone(x: number, y: number, dead: number): Vec {
  const length = Math.hypot(x, y);
  if (length <= dead) return { x: 0, y: 0 };
  const strength = Math.min(1, (length - dead) / (1 - dead));
  return { x: (x / length) * strength, y: (y / length) * strength };
}

export function isSomething({ x, y }: Vec): boolean {
  return x !== 0 || y !== 0;
}
