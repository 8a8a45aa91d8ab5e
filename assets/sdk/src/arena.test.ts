import { expect, test } from "vitest";

import { BORDER_RADIUS, blocksOf, segmentsOf } from "./arena";
import type { Arena } from "./scene";

const arena: Arena = {
  name: "Test",
  size: { width: 600, height: 800 },
  walls: [{ points: [[0, 0], [10, 0], [10, 10]], radius: 8, closed: true }],
  blocks: [{ points: [[0, 0], [10, 0], [10, 10]] }, { points: [[10, 10], [10, 0], [0, 0]] }],
  rocks: [],
  crates: [],
  spawns: [],
};

test("the border is four thick segments just outside", () => {
  const border = segmentsOf(arena).slice(0, 4);
  const right = border.find(({ a, b }) => a.x === b.x && a.x > 0)!;
  expect(right.a.x - right.radius).toBe(600);
  expect(border.every(({ radius }) => radius === BORDER_RADIUS)).toBe(true);
});

test("a closed wall has as many segments as points", () => {
  expect(segmentsOf(arena).slice(4)).toHaveLength(3);
  const open = { ...arena, walls: [{ ...arena.walls[0]!, closed: false }] };
  expect(segmentsOf(open).slice(4)).toHaveLength(2);
});

test("a segment knows the points before and after it; an end has none but itself", () => {
  const around = (closed: boolean) => {
    const segments = segmentsOf({ ...arena, walls: [{ ...arena.walls[0]!, closed }] }).slice(4);
    return segments.map(({ before, after }) => [before.x, before.y, after.x, after.y]);
  };
  expect(around(false)).toEqual([[0, 0, 10, 10], [0, 0, 10, 10]]);
  expect(around(true)).toEqual([[10, 10, 10, 10], [0, 0, 0, 0], [10, 0, 10, 0]]);
});

test("blocks are wound the same way however the map winds them", () => {
  const [one, other] = blocksOf(arena);
  expect(one!.corners).toEqual(other!.corners);
});
