import { expect, test } from "vitest";

import { Smoothing } from "./smoothing";

const BODY = 32;

function left(offset: number, fps: number, seconds: number): number {
  const smoothing = new Smoothing(BODY);
  smoothing.moved(-offset, 0);
  for (let frame = 0; frame < fps * seconds; frame += 1) smoothing.melt(1 / fps);
  return smoothing.x;
}

test("what is drawn stays where it was when the state jumps", () => {
  const smoothing = new Smoothing(BODY);
  smoothing.moved(5, -3);
  expect([smoothing.x, smoothing.y]).toEqual([-5, 3]);
});

test("a tenth is left after 100 ms, of a small offset as of a large one", () => {
  expect(left(4, 60, 0.1)).toBeCloseTo(0.4, 9);
  expect(left(60, 60, 0.1)).toBeCloseTo(6, 9);
});

test("it melts as fast at 30 frames a second as at 144", () => {
  expect(left(4, 30, 0.5)).toBeCloseTo(left(4, 144, 0.5), 9);
});

test("beyond a few bodies it jumps", () => {
  const smoothing = new Smoothing(BODY);
  smoothing.moved(500, 0);
  expect([smoothing.x, smoothing.y]).toEqual([0, 0]);
});
