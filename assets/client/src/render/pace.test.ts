import { expect, test } from "vitest";

import { Pace } from "./pace";

function run(pace: Pace, interval_ms: number, seconds: number): void {
  for (let ms = 0; ms < 1000 * seconds; ms += interval_ms) pace.note(interval_ms);
}

test("a fluent picture stays sharp, and a hitch changes nothing", () => {
  const pace = new Pace();
  run(pace, 16.7, 10);
  pace.note(2000);
  run(pace, 16.7, 10);
  expect(pace.share).toBe(1);
});

test("a slow one gets coarser step by step, and stops somewhere", () => {
  const pace = new Pace();
  run(pace, 40, 1.5);
  expect(pace.share).toBe(0.75);
  run(pace, 40, 60);
  expect(pace.share).toBe(0.5);
});

test("it doesn't get sharper again", () => {
  const pace = new Pace();
  run(pace, 40, 1.5);
  run(pace, 16, 30);
  expect(pace.share).toBe(0.75);
});

test("it tells when the share changed", () => {
  const pace = new Pace();
  const told = Array.from({ length: 40 }, () => pace.note(50));
  expect(told.filter(Boolean)).toHaveLength(1);
});
