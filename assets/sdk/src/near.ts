/**
 * What is close to our ship, told to us alone and exactly: the twin of `protocol/near.py`, reading only.
 *
 *     entity uint16 · dx dy vx vy angle spin int16 · move_x move_y int8        little-endian, 16 bytes
 */

export const OFFSET_SCALE = 64;
export const VELOCITY_SCALE = 16;
export const TURN_SCALE = 65_536;
export const SPIN_SCALE = 4096;
export const RECORD_BYTES = 16;

/** One body beside our ship, after the snapshot's tick: units from `own`, units/s, turns and turns/s. */
export interface Near {
  entity: number;
  dx: number;
  dy: number;
  vx: number;
  vy: number;
  /** −0.5..0.5 */
  angle: number;
  spin: number;
  /** The stick that a ship was steered by in that tick. */
  move_x: number;
  move_y: number;
}

/** The bodies that `records` tell of. Throws RangeError when one is cut short. */
export function unpackNear(records: Uint8Array): Near[] {
  if (records.length % RECORD_BYTES !== 0) throw new RangeError(`${records.length} bytes are not records of ${RECORD_BYTES}`);
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  return Array.from({ length: records.length / RECORD_BYTES }, (_, at) => bodyAt(view, at * RECORD_BYTES));
}

function bodyAt(view: DataView, at: number): Near {
  const int16 = (place: number) => view.getInt16(at + place, true);
  return {
    entity: view.getUint16(at, true),
    dx: int16(2) / OFFSET_SCALE,
    dy: int16(4) / OFFSET_SCALE,
    vx: int16(6) / VELOCITY_SCALE,
    vy: int16(8) / VELOCITY_SCALE,
    angle: int16(10) / TURN_SCALE,
    spin: int16(12) / SPIN_SCALE,
    move_x: view.getInt8(at + 14),
    move_y: view.getInt8(at + 15),
  };
}
