/**
 * The `changed` records of a msgpack snapshot, most of a game's traffic, as bytes: the twin of `protocol/packing.py`, reading only.
 *
 *     record    gap · mask · the fields of the mask, in the order of its bits
 *               gap · 128 + age · dangle · move_x · move_y     short for a TURN, the commonest of all
 *     gap       unsigned: how much larger the id is than the one before, the first than 0
 *     mask      one byte
 *     dx dy dvx dvy spin status    signed         dangle move_x move_y    one byte, two's complement        age    unsigned
 *
 *     unsigned  7 bits to a byte, the low ones first; the high bit says that another byte follows (LEB128)
 *     signed    an unsigned 2n for n >= 0, else -2n - 1 ("zigzag")
 */

import { AGE_BIT, ANGLE_BIT, CHANGED_FIELDS, MOVE_BIT } from "./snapshot";

const INTEGER_BYTES_MAX = 5;
const RAW_FIELDS = new Set(["dangle", "move_x", "move_y"]);
const UNSIGNED_FIELDS = new Set(["age"]);
/** A ship turned, and was where it was believed to be until then. */
const TURN = ANGLE_BIT | MOVE_BIT | AGE_BIT;
const TURN_BIT = 128;

type Read = (cursor: Cursor) => number;

/** By mask, how each integer after it is read. */
const READERS: readonly (readonly Read[])[] = Array.from({ length: 2 * CHANGED_FIELDS.at(-1)![0] }, (_, mask) =>
  CHANGED_FIELDS.filter(([bit]) => mask & bit).flatMap(([, names]) => names.map(readerOf)),
);

/** Each `[id, mask, field, …]`. Throws RangeError when the bytes are cut short, or an integer is too long. */
export function unpackChanges(packed: Uint8Array): number[][] {
  const cursor = new Cursor(packed);
  const changes: number[][] = [];
  let id = 0;
  while (cursor.at < packed.length) {
    id += cursor.unsigned();
    const mask = cursor.byte();
    if (mask & TURN_BIT) {
      changes.push([id, TURN, cursor.raw(), cursor.raw(), cursor.raw(), mask - TURN_BIT]);
      continue;
    }
    const change = [id, mask];
    for (const read of READERS[mask]!) change.push(read(cursor));
    changes.push(change);
  }
  return changes;
}

class Cursor {
  at = 0;
  readonly #packed: Uint8Array;

  constructor(packed: Uint8Array) {
    this.#packed = packed;
  }

  byte(): number {
    const byte = this.#packed[this.at++];
    if (byte === undefined) throw new RangeError("a changed record is cut short");
    return byte;
  }

  /** One byte in two's complement. */
  raw(): number {
    return (this.byte() << 24) >> 24;
  }

  unsigned(): number {
    let byte = this.byte();
    let value = byte & 127;
    for (let digit = 1; byte & 128; digit++) {
      if (digit === INTEGER_BYTES_MAX) throw new RangeError(`an integer has more than ${INTEGER_BYTES_MAX} bytes`);
      byte = this.byte();
      value += (byte & 127) * 2 ** (7 * digit);
    }
    return value;
  }
}

function readerOf(name: string): Read {
  if (RAW_FIELDS.has(name)) return (cursor) => cursor.raw();
  if (UNSIGNED_FIELDS.has(name)) return (cursor) => cursor.unsigned();
  return (cursor) => {
    const value = cursor.unsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
}
