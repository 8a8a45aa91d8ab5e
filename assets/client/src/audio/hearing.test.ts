import { expect, test } from "vitest";

import { heard } from "./hearing";

const HERE = { x: 100, y: 100 };

test("what is near is loud and in the middle", () => {
  expect(heard({ x: 100, y: 150 }, HERE)).toEqual({ gain: 1, pan: 0 });
});

test("what is far is faint, then silent", () => {
  const gains = [200, 400, 800, 1200].map((away) => heard({ x: 100, y: 100 + away }, HERE).gain);
  expect(gains).toEqual([...gains].sort((a, b) => b - a));
  expect(gains[3]).toBe(0);
});

test("left is left, and never wholly in one ear", () => {
  expect(heard({ x: -100, y: 100 }, HERE).pan).toBeLessThan(0);
  expect(heard({ x: 5000, y: 100 }, HERE).pan).toBe(0.8);
});
