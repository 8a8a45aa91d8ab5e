import { expect, test } from "vitest";

import { inWords } from "./small_arena";

test("what an arena is made of is said in words", () => {
  const size = { width: 1024, height: 1024 };
  const wall = { points: [[0, 0], [9, 9]] as const, radius: 16, closed: false };
  expect(inWords({ size, walls: [wall, wall], rocks: [{ points: [], x: 0, y: 0, angle: 0 }] })).toBe("2 walls, 1 rock");
  expect(inWords({ size })).toBe("nothing but open space");
});
