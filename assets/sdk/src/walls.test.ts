import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { engine } from "./engine_inline";
import type { Arena } from "./scene";
import { Walls } from "./walls";

const walls = new Walls(engine, golden.arena as unknown as Arena);

test("the way ends where the hull meets the border", () => {
  const reach = walls.reach({ x: 900, y: 600 }, { x: 1100, y: 600 }, 16);
  expect(900 + 200 * reach).toBeCloseTo(1024 - 16, 6);
  expect(900 + 115 * walls.reach({ x: 900, y: 600 }, { x: 1015, y: 600 }, 16)).toBeCloseTo(1024 - 16, 6);
});

test("an open way is gone to its end, and so is one along and away from a wall that is touched", () => {
  expect(walls.reach({ x: 500, y: 600 }, { x: 560, y: 600 }, 16)).toBe(1);
  expect(walls.reach({ x: 1010, y: 600 }, { x: 900, y: 600 }, 16)).toBe(1);
  expect(walls.reach({ x: 1008, y: 600 }, { x: 1008, y: 500 }, 16)).toBe(1);
});
