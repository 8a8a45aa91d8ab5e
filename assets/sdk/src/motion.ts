/**
 * How a ship moves in one tick: the rule that server, bots and browser all run. The twin of `protocol/motion.py`.
 *
 *     velocity = velocity * keep + thrust * gain        keep = 1 - drag/tick_rate, gain = thrust/tick_rate
 *     boost:     velocity = velocity + thrust * BOOST_SPEED, once per cool-down, while a direction is held
 *
 * Only + - * / and sqrt on doubles in exactly this order, so that the browser gets the server's bits; golden vectors
 * hold it to that.
 */

import type { Kind } from "./kinds";
import { MOVE_FULL } from "./quantize";
import type { Vec } from "./scene";

/** Units per second that a boost adds along the thrust. */
export const BOOST_SPEED = 460;
export const BOOST_COOLDOWN_S = 1.5;

export const FIRE = 1;
export const BOOST = 2;
export const PULSE = 4;

/** What one player did in one tick, in wire integers. `edges` were pressed since the previous input, even if released again. */
export interface Input {
  move_x: number;
  move_y: number;
  aim: number;
  buttons: number;
  edges: number;
}

export const NEUTRAL: Readonly<Input> = { move_x: 0, move_y: 0, aim: 0, buttons: 0, edges: 0 };

/** What steering changes: a velocity in units/s and the ticks until the next boost may begin. */
export interface Helm {
  vx: number;
  vy: number;
  boost_ticks: number;
}

/** A stick position as a thrust vector of length 0..1: the corners of the square are pulled in to the circle. */
export function thrustOf(move_x: number, move_y: number, into: Vec = { x: 0, y: 0 }): Vec {
  const lengthSquared = move_x * move_x + move_y * move_y;
  const length = lengthSquared <= MOVE_FULL * MOVE_FULL ? MOVE_FULL : Math.sqrt(lengthSquared);
  into.x = move_x / length;
  into.y = move_y / length;
  return into;
}

export function keepOf(kind: Kind, tick_rate: number): number {
  return 1 - kind.drag / tick_rate;
}

export function gainOf(kind: Kind, tick_rate: number): number {
  return kind.thrust / tick_rate;
}

export function boostTicksOf(tick_rate: number): number {
  return Math.trunc(BOOST_COOLDOWN_S * tick_rate);
}

const thrust: Vec = { x: 0, y: 0 };

/** Gives `helm` the velocity that goes into this tick's physics step. */
export function steer(helm: Helm, now: Input, kind: Kind, tick_rate: number): void {
  const keep = keepOf(kind, tick_rate);
  const gain = gainOf(kind, tick_rate);
  thrustOf(now.move_x, now.move_y, thrust);
  helm.vx = helm.vx * keep + thrust.x * gain;
  helm.vy = helm.vy * keep + thrust.y * gain;
  if (boosts(helm, now, tick_rate)) {
    helm.vx = helm.vx + thrust.x * BOOST_SPEED;
    helm.vy = helm.vy + thrust.y * BOOST_SPEED;
  }
}

/** Counts the cool-down, and says whether this tick starts a boost. */
function boosts(helm: Helm, now: Input, tick_rate: number): boolean {
  if (helm.boost_ticks > 0) helm.boost_ticks -= 1;
  const wanted = ((now.buttons | now.edges) & BOOST) !== 0 && (now.move_x !== 0 || now.move_y !== 0);
  if (helm.boost_ticks > 0 || !wanted) return false;
  helm.boost_ticks = boostTicksOf(tick_rate);
  return true;
}
