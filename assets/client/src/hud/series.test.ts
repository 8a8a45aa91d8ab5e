import { expect, test } from "vitest";

import { Series } from "./series";

test("an empty series is all noughts", () => {
  const series = new Series(3);
  expect(series.latest).toBe(0);
  expect(series.range()).toEqual({ low: 0, high: 0, mean: 0 });
});

test("the oldest values make room", () => {
  const series = new Series(3);
  for (const value of [9, 1, 2, 6]) series.push(value);
  expect([0, 1, 2].map((index) => series.at(index))).toEqual([1, 2, 6]);
  expect(series.length).toBe(3);
  expect(series.latest).toBe(6);
  expect(series.range()).toEqual({ low: 1, high: 6, mean: 3 });
});

test("what is no number is not taken", () => {
  const series = new Series(3);
  series.push(4);
  series.push(Number.NaN);
  series.push(Infinity);
  expect(series.length).toBe(1);
  expect(series.latest).toBe(4);
});
