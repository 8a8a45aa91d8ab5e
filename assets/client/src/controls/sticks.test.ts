import { expect, test } from "vitest";

import { atMostOne, isSomething, withoutDeadZone } from "./sticks";

test("diagonals are no faster", () => {
  const move = atMostOne(1, -1);
  expect(Math.hypot(move.x, move.y)).toBeCloseTo(1);
  expect(atMostOne(0.3, 0.4)).toEqual({ x: 0.3, y: 0.4 });
});

test("a resting stick is at rest, and a full one is full", () => {
  expect(isSomething(withoutDeadZone(0.1, -0.12, 0.2))).toBe(false);
  expect(withoutDeadZone(0, -1.05, 0.2)).toEqual({ x: 0, y: -1 });
});

test("beyond the dead zone a stick starts at nothing", () => {
  expect(withoutDeadZone(0.2001, 0, 0.2).x).toBeLessThan(0.001);
  expect(withoutDeadZone(0.6, 0, 0.2).x).toBeCloseTo(0.5);
});
