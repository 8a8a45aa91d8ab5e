import { expect, test } from "vitest";

import golden from "../../../tests/golden/reckoning.json";
import type { Kind } from "./kinds";
import { type Published, reckon, reckonWire } from "./reckoning";

const kinds = golden.kinds as Kind[];

test("beliefs are the server's to the last bit", () => {
  for (const { published, tick, reckoned } of golden.cases) {
    const { x, y, vx, vy, angle } = reckon(published, kinds[published.kind]!, tick, golden.tick_rate);
    expect([x, y, vx, vy, angle]).toEqual(reckoned);
  }
});

test("what residuals are added to is the server's", () => {
  for (const { published, tick, wire } of golden.cases) {
    const { x, y, vx, vy, angle } = reckonWire(published, kinds[published.kind]!, tick, golden.tick_rate);
    expect([x, y, vx, vy, angle]).toEqual(wire);
  }
});

test("a rock drifts in a straight line for ever", () => {
  const rock: Published = {
    id: 1, kind: 2, variant: 0, owner: 0, status: 0, tick: 100, x: 800, y: 0, vx: 320, vy: -32, angle: 0, spin: 0, move_x: 0, move_y: 0,
  };
  const { x, y } = reckon(rock, kinds[2]!, 100 + 60 * 1000, 60);
  expect([x, y]).toEqual([100 + 10 * 1000, -1000]);
});
