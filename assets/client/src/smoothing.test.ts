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

test("a small offset melts by 5 % per frame, a large one by 15 %", () => {
  const small = new Smoothing(BODY);
  small.moved(-4, 0);
  small.melt(1 / 60);
  expect(small.x).toBeCloseTo(4 * 0.95, 9);
  const large = new Smoothing(BODY);
  large.moved(-40, 0);
  large.melt(1 / 60);
  expect(large.x).toBeCloseTo(40 * 0.85, 9);
});

test("it melts as fast at 30 frames a second as at 144", () => {
  expect(left(4, 30, 0.5)).toBeCloseTo(left(4, 144, 0.5), 6);
  expect(left(60, 30, 0.5) / left(60, 144, 0.5)).toBeGreaterThan(0.6);
});

test("beyond a few bodies it jumps", () => {
  const smoothing = new Smoothing(BODY);
  smoothing.moved(500, 0);
  expect([smoothing.x, smoothing.y]).toEqual([0, 0]);
});
