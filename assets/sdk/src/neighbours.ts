/**
 * Who our ship's neighbours are: states of bodies for a `Neighbourhood`, as of a snapshot's tick.
 * The twin of `bots/neighbours.py`.
 *
 * The nearest are told exactly (`near`). What these may run into in their turn, which then turns them aside, is known only
 * as it is published: right to about half a unit, which is enough for that.
 */

import { type Near, OFFSET_SCALE, TURN_SCALE, VELOCITY_SCALE } from "./near";
import type { BodyState } from "./neighbourhood";
import { SPIN_SCALE, angleFromWire } from "./quantize";
import { type Published, nowhere, reckon } from "./reckoning";
import type { Own } from "./snapshot";
import type { View } from "./view";

const TAU = 2 * Math.PI;
/** How far from our ship others are of interest. */
export const OTHERS_UNITS = 320;
/** What is published may be so wrong, and more; where it agrees with what we live, that is the better guess. */
const BELIEF_UNITS = 1;
/** What pushes ships. */
const SOLID: ReadonlySet<string> = new Set(["ship", "rock", "crate", "ball"]);

/** The bodies that `near` tells of, the nearest first. `entities`: what is published of each, which says what sort it is. */
export function neighbours(own: Own, near: readonly Near[], entities: ReadonlyMap<number, Published>): BodyState[] {
  return near.flatMap((told) => {
    const published = entities.get(told.entity);
    return published ? [bodyTold(own, told, published)] : [];
  });
}

/** Of what is in `view`, the solid bodies that are not `beside` us but not far away, the nearest first. */
export function others(own: Own, beside: readonly BodyState[], view: View): BodyState[] {
  const known = new Set([own.entity, ...beside.map(({ entity }) => entity)]);
  const found: { apart: number; body: BodyState }[] = [];
  for (const published of view.entities.values()) {
    if (known.has(published.id) || !SOLID.has(view.kindOf(published).category)) continue;
    const body = bodySeen(published, view);
    const apart = Math.hypot(body.x - own.x, body.y - own.y);
    if (apart < OTHERS_UNITS) found.push({ apart, body });
  }
  found.sort((one, other) => one.apart - other.apart || one.body.entity - other.body.entity);
  return found.map(({ body }) => body);
}

/**
 * Whether what is told of a body is what was foreseen of it, as far as `near` can say, or (not `is_exact`) a belief.
 * `turns`: its angle matters.
 */
export function agree(foreseen: BodyState, told: BodyState, is_exact: boolean, turns: boolean): boolean {
  if (foreseen.move_x !== told.move_x || foreseen.move_y !== told.move_y) return false;
  const apart_units = Math.max(Math.abs(foreseen.x - told.x), Math.abs(foreseen.y - told.y));
  if (!is_exact) return apart_units <= BELIEF_UNITS;
  const faster = Math.max(Math.abs(foreseen.vx - told.vx), Math.abs(foreseen.vy - told.vy));
  if (apart_units > 1 / OFFSET_SCALE || faster > 1 / VELOCITY_SCALE) return false;
  const turned = (foreseen.angle - told.angle) / TAU;
  const spun = Math.abs(foreseen.spin - told.spin) / TAU;
  return !turns || (Math.abs(turned - Math.round(turned)) <= 1 / TURN_SCALE && spun <= 1 / SPIN_SCALE);
}

function bodyTold(own: Own, told: Near, { kind, variant }: Published): BodyState {
  const { entity, vx, vy, move_x, move_y } = told;
  return {
    ...{ entity, kind, variant, vx, vy, move_x, move_y },
    x: own.x + told.dx,
    y: own.y + told.dy,
    angle: told.angle * TAU,
    spin: told.spin * TAU,
  };
}

function bodySeen(published: Published, view: View): BodyState {
  const { id: entity, kind, variant, spin, move_x, move_y } = published;
  const tick = Math.max(view.tick, published.tick);
  const { x, y, vx, vy, angle } = reckon(published, view.kindOf(published), tick, view.tick_rate, scratch);
  return { entity, kind, variant, x, y, vx, vy, angle: angleFromWire(angle), spin: (spin / SPIN_SCALE) * TAU, move_x, move_y };
}

const scratch = nowhere();
