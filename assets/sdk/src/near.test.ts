import { expect, test } from "vitest";

import { RECORD_BYTES, unpackNear } from "./near";

const RECORD = [9, 0, 0xff, 0xfa, 0xc0, 0x7f, 0xf0, 0x4a, 0xff, 0xff, 0, 0x80, 0, 4, 0x7f, 0x81];

test("a record is read as the integers say", () => {
  const body = { entity: 9, dx: -20.015625, dy: 511, vx: 1199, vy: -0.0625, angle: -0.5, spin: 0.25, move_x: 127, move_y: -127 };
  expect(unpackNear(Uint8Array.from(RECORD))).toEqual([body]);
});

test("records are read wherever they lie in a larger buffer", () => {
  const message = Uint8Array.from([1, 2, 3, ...RECORD, ...RECORD.with(0, 10), 4]);
  const entities = unpackNear(message.subarray(3, 3 + 2 * RECORD_BYTES)).map((body) => body.entity);
  expect(entities).toEqual([9, 10]);
});

test("a record that is cut short can't be read", () => {
  expect(() => unpackNear(Uint8Array.from(RECORD.slice(1)))).toThrow(RangeError);
});
