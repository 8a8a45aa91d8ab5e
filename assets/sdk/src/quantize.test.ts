import { expect, test } from "vitest";

import { aimFromWire, aimToWire, angleFromWire, moveToWire, nearest, wrapAngle } from "./quantize";

test("halves round up, below zero too", () => {
  expect([0.5, 1.5, -0.5, -1.5, 2.4].map(nearest)).toEqual([1, 2, 0, -1, 2]);
});

test("angles wrap into -128..127", () => {
  expect([128, 127, -128, -129, 600, -600].map(wrapAngle)).toEqual([-128, 127, -128, 127, 88, -88]);
});

test("an aim survives the wire to half a step, whichever way round it was given", () => {
  for (const radians of [0, 1, 3, -1, -3.1, 7, -20]) {
    const back = aimFromWire(aimToWire(radians));
    expect(Math.cos(back - radians)).toBeGreaterThan(Math.cos(Math.PI / 4096 + 1e-9));
  }
  expect(aimToWire(2 * Math.PI)).toBe(0);
});

test("a stick is clamped and scaled", () => {
  expect([-2, -1, 0, 0.5, 1, 3].map(moveToWire)).toEqual([-127, -127, 0, 64, 127, 127]);
});

test("a quarter turn is 64 steps", () => {
  expect(angleFromWire(64)).toBe(Math.PI / 2);
});
