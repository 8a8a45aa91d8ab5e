import { expect, test } from "vitest";

import { Gaze } from "./gaze";

const size = { width: 2000, height: 1000 };

test("it begins in the middle, and never leaves the arena", () => {
  const gaze = new Gaze(size);
  expect([gaze.x, gaze.y]).toEqual([1000, 500]);
  gaze.drag(-9999, 9999);
  expect([gaze.x, gaze.y]).toEqual([0, 1000]);
});

test("it goes along with whoever is followed, and waits where they were", () => {
  const gaze = new Gaze(size);
  gaze.follow(7);
  for (let frame = 0; frame < 60; frame += 1) gaze.keep({ x: 1200, y: 400 }, 1 / 60, false);
  expect(gaze.x).toBeCloseTo(1200, 0);
  gaze.keep(undefined, 1 / 60, false);
  expect(gaze.x).toBeCloseTo(1200, 0);
  gaze.keep({ x: 100, y: 100 }, 1 / 60, true);
  expect([gaze.x, gaze.y]).toEqual([100, 100]);
});

test("whoever pushes it roams", () => {
  const gaze = new Gaze(size);
  gaze.follow(7);
  gaze.roam({ x: 0, y: 0 }, 1);
  expect(gaze.followed).toBe(7);
  gaze.roam({ x: 1, y: 0 }, 0.1);
  expect(gaze.followed).toBe(0);
  expect(gaze.x).toBeGreaterThan(1050);
});

test("it turns from one to the next, and to nobody", () => {
  const gaze = new Gaze(size);
  const seen = [1, 1, 1, 1].map((step) => (gaze.turn([3, 5, 8], step as 1), gaze.followed));
  expect(seen).toEqual([3, 5, 8, 0]);
  gaze.turn([3, 5, 8], -1);
  expect(gaze.followed).toBe(8);
  gaze.turn([3, 5], 1);
  expect(gaze.followed).toBe(3);
});
