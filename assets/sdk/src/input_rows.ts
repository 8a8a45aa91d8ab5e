/**
 * Inputs in fixed widths: how a client's message of inputs is best written, so that a server can read those of a
 * thousand clients as columns. It is the same msgpack message, a few bytes longer; the twin of `protocol/input_rows.py`.
 *
 *     95 02 · ce first_tick32 · 9n · entries · ce applied32 · cd seen16
 *     entry   95 · d0 move_x8 · d0 move_y8 · cd aim16 · cc buttons8 · cc edges8
 */

import type { Inputs } from "./messages";

/** With more entries than that a message has the usual form. */
export const ENTRIES_MAX = 8;
const ENTRY_BYTES = 12;
const OTHER_BYTES = 16;

/** `inputs`, which has at most `ENTRIES_MAX` entries. */
export function encodeInputs(inputs: Inputs): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(OTHER_BYTES + ENTRY_BYTES * inputs.entries.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x95, 2, 0xce]);
  view.setUint32(3, inputs.first_tick);
  bytes[7] = 0x90 | inputs.entries.length;
  let at = 8;
  for (const { move_x, move_y, aim, buttons, edges } of inputs.entries) {
    bytes.set([0x95, 0xd0, move_x & 0xff, 0xd0, move_y & 0xff, 0xcd, aim >> 8, aim & 0xff, 0xcc, buttons, 0xcc, edges], at);
    at += ENTRY_BYTES;
  }
  bytes[at] = 0xce;
  view.setUint32(at + 1, inputs.applied);
  bytes[at + 5] = 0xcd;
  view.setUint16(at + 6, inputs.seen);
  return bytes;
}
