/**
 * The `changed` records of a msgpack snapshot, most of a game's traffic, as bytes: the twin of `protocol/packing.py`, reading only.
 *
 *     record    gap · mask · the fields of the mask, in the order of its bits
 *     gap       unsigned: how much larger the id is than the one before, the first than 0
 *     mask      one byte
 *     dx dy dvx dvy spin status    signed         dangle move_x move_y    one byte, two's complement        age    unsigned
 *
 *     unsigned  7 bits to a byte, the low ones first; the high bit says that another byte follows (LEB128)
 *     signed    an unsigned 2n for n >= 0, else -2n - 1 ("zigzag")
 */

import { CHANGED_FIELDS } from "./snapshot";

const INTEGER_BYTES_MAX = 5;
const RAW_FIELDS = new Set(["dangle", "move_x", "move_y"]);
const UNSIGNED_FIELDS = new Set(["age"]);

type Read = (cursor: Cursor) => number;

/** By mask, how each integer after it is read. */
const READERS: readonly (readonly Read[])[] = Array.from({ length: 2 * CHANGED_FIELDS.at(-1)![0] }, (_, mask) =>
  CHANGED_FIELDS.filter(([bit]) => mask & bit).flatMap(([, names]) => names.map(readerOf)),
);

/** Each `[id, mask, field, …]`. Throws RangeError when the bytes are cut short, or hold what the page doesn't know. */
export function unpackChanges(packed: Uint8Array): number[][] {
  const cursor = new Cursor(packed);
  const changes: number[][] = [];
  let id = 0;
  while (cursor.at < packed.length) {
    id += cursor.unsigned();
    const mask = cursor.byte();
    const readers = READERS[mask];
    if (!readers) throw new RangeError(`there is no field for all of mask ${mask}`);
    const change = [id, mask];
    for (const read of readers) change.push(read(cursor));
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
  if (RAW_FIELDS.has(name)) return (cursor) => (cursor.byte() << 24) >> 24;
  if (UNSIGNED_FIELDS.has(name)) return (cursor) => cursor.unsigned();
  return (cursor) => {
    const value = cursor.unsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
}
