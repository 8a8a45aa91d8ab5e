/**
 * Who our ship's neighbours are: what a snapshot says is near, as states of bodies for a `Neighbourhood`.
 * The twin of `bots/neighbours.py`.
 */

import type { Near } from "./near";
import type { BodyState } from "./neighbourhood";
import type { Published } from "./reckoning";
import type { Own } from "./snapshot";

const TAU = 2 * Math.PI;

/** The bodies that `near` tells of, the nearest first. `entities`: what is published of each, which says what sort it is. */
export function neighbours(own: Own, near: readonly Near[], entities: ReadonlyMap<number, Published>): BodyState[] {
  return near.flatMap((told) => {
    const published = entities.get(told.entity);
    return published ? [bodyOf(own, told, published)] : [];
  });
}

function bodyOf(own: Own, told: Near, { kind, variant }: Published): BodyState {
  const { entity, vx, vy, move_x, move_y } = told;
  return {
    ...{ entity, kind, variant, vx, vy, move_x, move_y },
    x: own.x + told.dx,
    y: own.y + told.dy,
    angle: told.angle * TAU,
    spin: told.spin * TAU,
  };
}
