/**
 * The state that Colyseus keeps its clients up to date with: one map of ships, by session, in the smallest types that
 * hold them. Filtered, a client is sent what its StateView has; open, everything.
 */

import { schema, t, type SchemaType } from "@colyseus/schema";

import type { Ship } from "./world.ts";

/** With these the largest arena and the fastest ship fit into 16 bits. */
export const POSITION_SCALE = 4;
export const VELOCITY_SCALE = 16;

export const ShipState = schema(
  { x: t.uint16(), y: t.uint16(), vx: t.int16(), vy: t.int16(), angle: t.int8() },
  "ShipState",
);
export type ShipState = SchemaType<typeof ShipState>;

export const OpenState = schema({ ships: t.map(ShipState) }, "OpenState");
export const FilteredState = schema({ ships: t.map(ShipState).view() }, "FilteredState");
export type ArenaState = SchemaType<typeof OpenState>;

/** Say where a ship is; Colyseus notices which of the numbers changed, and sends those. */
export function publish(state: ShipState, ship: Ship): void {
  state.x = Math.round(ship.x * POSITION_SCALE);
  state.y = Math.round(ship.y * POSITION_SCALE);
  state.vx = Math.round(ship.vx * VELOCITY_SCALE);
  state.vy = Math.round(ship.vy * VELOCITY_SCALE);
  state.angle = (ship.aim << 20) >> 24;
}
