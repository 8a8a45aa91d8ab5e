import { expect, test } from "vitest";

import { Voices } from "./voices";

test("no more voices than allowed, until one ends", () => {
  const voices = new Voices(2);
  expect(voices.admit("a", 0, 1, 0)).toBe(true);
  expect(voices.admit("b", 0, 2, 0)).toBe(true);
  expect(voices.admit("c", 0.5, 1, 0)).toBe(false);
  expect(voices.admit("c", 1, 1, 0)).toBe(true);
});

test("the same sound waits its gap; others don't", () => {
  const voices = new Voices(9);
  expect(voices.admit("shot", 0, 1, 0.05)).toBe(true);
  expect(voices.admit("shot", 0.04, 1, 0.05)).toBe(false);
  expect(voices.admit("bounce", 0.04, 1, 0.05)).toBe(true);
  expect(voices.admit("shot", 0.06, 1, 0.05)).toBe(true);
});
