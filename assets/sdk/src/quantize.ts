/**
 * World units to wire integers and back: the twin of `protocol/quantize.py`.
 *
 * Every number about an entity crosses the wire as an integer, and both ends compute with what the integer says.
 * Rounding is `floor(value * scale + 0.5)`, the same in every language.
 *
 *     position 1/8 unit · angle 1/256 turn, -128..127 · spin 1/4096 turn per second
 *     aim 1/4096 turn, 0..4095 · move 1/127 of full thrust · seen 1/16 tick
 */

export const POSITION_SCALE = 8;
export const ANGLE_STEPS = 256;
export const SPIN_SCALE = 4096;
export const AIM_STEPS = 4096;
export const MOVE_FULL = 127;
const SEEN_SCALE = 16;
const SEEN_MAX = 65535;

const TURN = 2 * Math.PI;

/** The integer that stands for `value`, already scaled. */
export function nearest(value: number): number {
  return Math.floor(value + 0.5);
}

/** `steps` of 1/256 turn, brought into -128..127. */
export function wrapAngle(steps: number): number {
  return modulo(steps + 128, ANGLE_STEPS) - 128;
}

export function angleFromWire(steps: number): number {
  return steps * (TURN / ANGLE_STEPS);
}

export function aimToWire(radians: number): number {
  return modulo(nearest(radians * (AIM_STEPS / TURN)), AIM_STEPS);
}

export function aimFromWire(steps: number): number {
  return steps * (TURN / AIM_STEPS);
}

/** One axis of a stick, -1..1. */
export function moveToWire(value: number): number {
  return nearest(Math.max(-1, Math.min(1, value)) * MOVE_FULL);
}

/** How many `ticks` before its input's a picture was; at least 1, for 0 says that nobody looked at one. */
export function seenToWire(ticks: number): number {
  return Math.max(1, Math.min(SEEN_MAX, nearest(ticks * SEEN_SCALE)));
}

/** The remainder with the divisor's sign, as Python's `%`. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
