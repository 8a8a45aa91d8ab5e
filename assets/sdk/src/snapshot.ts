/**
 * The snapshot: what a viewer is told every few ticks, cell by cell. The twin of `protocol/snapshot.py`, reading only.
 *
 *     entities, entered   14 integers each, flat: a `Published` record whose `tick` is an age (snapshot tick - tick)
 *     changed             id · mask · the fields of the mask: residuals against `reckoning` at this tick, or at one that
 *                         is `age` ticks earlier
 *     moved               source · changed: the same for entities that come from cell `source`, as they were believed there
 *
 * `packing` and `codec` make these objects of bytes, `view` applies them.
 */

import { RECORD_FIELDS } from "./checksum";
import type { Kind } from "./kinds";
import type { Near } from "./near";
import { wrapAngle } from "./quantize";
import { type Published, reckonWire } from "./reckoning";

/** The viewer's own ship, exactly as the server simulates it after the snapshot's tick. */
export interface Own {
  entity: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  boost_ticks: number;
}

export interface CellKeyframe {
  cell: number;
  keyframe: true;
  checksum: number;
  entities: Published[];
}

export interface CellDelta {
  cell: number;
  keyframe: false;
  checksum: number | null;
  gone: number[];
  entered: Published[];
  /** Each `[id, mask, field, …]`. */
  changed: number[][];
  moved: Moved[];
}

/** Entities that have come from another cell, which we know. */
export interface Moved {
  source: number;
  changed: number[][];
}

export interface Snapshot {
  type: "snapshot";
  tick: number;
  ack: number;
  slack_ms: number | null;
  own: Own | null;
  hud: number[] | null;
  left: number[];
  /** What may touch the ship soon, the nearest first. */
  near: Near[] | null;
  cells: (CellKeyframe | CellDelta)[];
}

export const POSITION_BIT = 1;
export const VELOCITY_BIT = 2;
export const ANGLE_BIT = 4;
export const SPIN_BIT = 8;
export const MOVE_BIT = 16;
export const STATUS_BIT = 32;
export const AGE_BIT = 64;

/** The fields of each mask bit, in order, by their names in JSON; in msgpack they follow the mask in this order. */
export const CHANGED_FIELDS: readonly (readonly [bit: number, names: readonly string[]])[] = [
  [POSITION_BIT, ["dx", "dy"]],
  [VELOCITY_BIT, ["dvx", "dvy"]],
  [ANGLE_BIT, ["dangle"]],
  [SPIN_BIT, ["spin"]],
  [MOVE_BIT, ["move_x", "move_y"]],
  [STATUS_BIT, ["status"]],
  [AGE_BIT, ["age"]],
];

/** `believed` after a `changed` record of a snapshot at `tick`. */
export function changed(believed: Published, change: readonly number[], kind: Kind, tick: number, tick_rate: number): Published {
  const mask = change[1]!;
  if (mask & AGE_BIT) tick -= change[change.length - 1]!;
  const now: Published = { ...believed, ...reckonWire(believed, kind, tick, tick_rate), tick };
  let at = 2;
  const next = () => change[at++]!;
  if (mask & POSITION_BIT) {
    now.x += next();
    now.y += next();
  }
  if (mask & VELOCITY_BIT) {
    now.vx += next();
    now.vy += next();
  }
  if (mask & ANGLE_BIT) now.angle = wrapAngle(now.angle + next());
  if (mask & SPIN_BIT) now.spin = next();
  if (mask & MOVE_BIT) {
    now.move_x = next();
    now.move_y = next();
  }
  if (mask & STATUS_BIT) now.status = next();
  return now;
}

/** `entities` or `entered` of a snapshot at `tick`. Throws RangeError when the length is off. */
export function recordsFromFlat(flat: readonly number[], tick: number): Published[] {
  const length = RECORD_FIELDS.length;
  if (flat.length % length !== 0) throw new RangeError(`${flat.length} integers are not records of ${length}`);
  const records: Published[] = [];
  for (let at = 0; at < flat.length; at += length) records.push(recordAt(flat, at, tick));
  return records;
}

function recordAt(flat: readonly number[], at: number, tick: number): Published {
  const [id, kind, variant, owner, status, age, x, y, vx, vy, angle, spin, move_x, move_y] = flat.slice(at, at + 14) as Fourteen;
  return { id, kind, variant, owner, status, tick: tick - age, x, y, vx, vy, angle, spin, move_x, move_y };
}

type Fourteen = [
  number, number, number, number, number, number, number, number, number, number, number, number, number, number,
];
