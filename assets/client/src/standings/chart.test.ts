import { expect, test } from "vitest";

import { chartOf } from "./chart";

test("a rating that rises goes up and to the right", () => {
  const { dots, line } = chartOf([1000, 1040, 1100], 400, 160);
  expect(dots.map((dot) => dot.points)).toEqual([1000, 1040, 1100]);
  expect(dots[0]?.x).toBeLessThan(dots[1]?.x ?? 0);
  expect(dots[0]?.y).toBeGreaterThan(dots[2]?.y ?? 999);
  expect(line).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+$/u);
});

test("all of it lies within the picture, whatever the ratings", () => {
  const series = [[], [1000], [0, 5000], [1000, 1000, 1000], [1437, 1438], Array.from({ length: 100 }, (_, n) => 900 + 17 * ((n * n) % 61))];
  for (const points of series) {
    const chart = chartOf(points, 640, 180);
    expect(chart.levels.length).toBeGreaterThan(1);
    expect(chart.levels.length).toBeLessThanOrEqual(5);
    for (const { y } of [...chart.dots, ...chart.levels]) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(180);
    }
    for (const { x } of chart.dots) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(640);
    }
  }
});

test("lines are at round numbers, around all points", () => {
  expect(chartOf([1013, 1187], 400, 160).levels.map((level) => level.points)).toEqual([1000, 1050, 1100, 1150, 1200]);
  expect(chartOf([1000], 400, 160).levels.map((level) => level.points)).toEqual([1000, 1010]);
});

test("without a match there is no line", () => {
  expect(chartOf([], 400, 160)).toMatchObject({ line: "", area: "", dots: [] });
});
