/**
 * CRC-32 (as in zlib) over a cell's published states: how a client finds out that its beliefs differ from the server's.
 *
 * Each record counts as 14 little-endian 32-bit signed integers, sorted by id, in the order of `RECORD_FIELDS`.
 */

import type { Published } from "./reckoning";

/** The order of a record on the wire and in a checksum; on the wire `tick` travels as an age. */
export const RECORD_FIELDS = [
  "id", "kind", "variant", "owner", "status", "tick", "x", "y", "vx", "vy", "angle", "spin", "move_x", "move_y",
] as const satisfies readonly (keyof Published)[];

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** The checksum of these records, in whatever order they come. */
export function checksumOf(entities: Iterable<Published>): number {
  const sorted = [...entities].sort((a, b) => a.id - b.id);
  const integers = new DataView(new ArrayBuffer(sorted.length * RECORD_FIELDS.length * 4));
  let at = 0;
  for (const entity of sorted) {
    for (const field of RECORD_FIELDS) {
      integers.setInt32(at, entity[field], true);
      at += 4;
    }
  }
  return crc32(new Uint8Array(integers.buffer));
}
