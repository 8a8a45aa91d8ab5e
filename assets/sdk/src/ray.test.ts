import { expect, test } from "vitest";

import { toCircle, toPolygon, toSegment } from "./ray";

const HERE = { x: 0, y: 0 };
const RIGHT = { x: 1, y: 0 };
const LEFT = { x: -1, y: 0 };
const SQUARE = [{ x: 40, y: -10 }, { x: 60, y: -10 }, { x: 60, y: 10 }, { x: 40, y: 10 }];

test("a circle ahead is met at its edge, one behind or aside not at all, and from within at once", () => {
  expect(toCircle(HERE, RIGHT, { x: 100, y: 0 }, 16)).toBe(84);
  expect(toCircle(HERE, RIGHT, { x: 100, y: 15.9 }, 16)).toBeCloseTo(100 - Math.sqrt(16 ** 2 - 15.9 ** 2));
  expect(toCircle(HERE, RIGHT, { x: 100, y: 16.1 }, 16)).toBe(Infinity);
  expect(toCircle(HERE, LEFT, { x: 100, y: 0 }, 16)).toBe(Infinity);
  expect(toCircle(HERE, LEFT, { x: 10, y: 0 }, 16)).toBe(0);
});

test("a wall is met at its nearer side, and its ends are round", () => {
  const wall = { a: { x: 100, y: -50 }, b: { x: 100, y: 50 }, radius: 16 };
  expect(toSegment(HERE, RIGHT, wall)).toBeCloseTo(84);
  expect(toSegment({ x: 200, y: 0 }, LEFT, wall)).toBeCloseTo(84);
  expect(toSegment(HERE, LEFT, wall)).toBe(Infinity);
  expect(toSegment({ x: 0, y: 58 }, RIGHT, wall)).toBeCloseTo(100 - Math.sqrt(16 ** 2 - 8 ** 2));
  expect(toSegment({ x: 0, y: 67 }, RIGHT, wall)).toBe(Infinity);
  expect(toSegment({ x: 95, y: 20 }, RIGHT, wall)).toBe(0);
});

test("along a wall it passes, or hits the end", () => {
  const wall = { a: { x: 100, y: 0 }, b: { x: 200, y: 0 }, radius: 16 };
  expect(toSegment({ x: 0, y: 20 }, RIGHT, wall)).toBe(Infinity);
  expect(toSegment(HERE, RIGHT, wall)).toBe(84);
});

test("a polygon is met at its edge, thicker by the beam's radius, however its corners go round", () => {
  for (const corners of [SQUARE, [...SQUARE].reverse()]) {
    expect(toPolygon(HERE, RIGHT, corners, 0)).toBeCloseTo(40);
    expect(toPolygon(HERE, RIGHT, corners, 4)).toBeCloseTo(36);
    expect(toPolygon({ x: 0, y: 13 }, RIGHT, corners, 4)).toBeLessThan(40);
    expect(toPolygon({ x: 0, y: 15 }, RIGHT, corners, 4)).toBe(Infinity);
    expect(toPolygon({ x: 50, y: 0 }, RIGHT, corners, 4)).toBe(0);
  }
});
