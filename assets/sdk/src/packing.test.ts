import { expect, test } from "vitest";

import golden from "../../../tests/golden/changes.json";
import { unpackChanges } from "./packing";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => parseInt(pair, 16));

test("packed changes are read as the server's own", () => {
  for (const { changes, packed } of golden.packed) expect(unpackChanges(bytes(packed))).toEqual(changes);
});

test("what is cut short is an error", () => {
  for (const { packed } of golden.packed) {
    const whole = bytes(packed);
    expect(() => unpackChanges(whole.slice(0, whole.length - 1))).toThrow(RangeError);
  }
});

test("an integer without end is an error", () => {
  expect(() => unpackChanges(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0, 0))).toThrow("more than 5 bytes");
});
