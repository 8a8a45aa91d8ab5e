import { expect, test } from "vitest";

import golden from "../../../tests/golden/snapshots.json";
import type { Kind } from "./kinds";
import { POSITION_SCALE } from "./quantize";
import type { Published } from "./reckoning";
import { Between, type Still } from "./stills";

const kinds = golden.kinds as Kind[];
const ROCK = kinds.findIndex(({ category }) => category === "rock");

function rock(id: number, tick: number, x: number, vx = 0): Published {
  return { id, kind: ROCK, variant: 0, owner: 0, status: 0, tick, x: POSITION_SCALE * x, y: 0, vx: kinds[ROCK]!.velocity_scale * vx, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0 };
}

function still(tick: number, ...entities: Published[]): Still {
  return { tick, entities: new Map(entities.map((one) => [one.id, one])) };
}

function xs(before: Still, after: Still, tick: number): [number, number][] {
  return [...new Between(kinds, 60).seen(before, after, tick)].map(({ published, at }) => [published.id, at.x]);
}

test("at each still everything is where it was published, and in between where both say", () => {
  const [before, after] = [still(10, rock(1, 10, 100)), still(12, rock(1, 12, 104))];
  expect([10, 11, 12].map((tick) => xs(before, after, tick))).toEqual([[[1, 100]], [[1, 102]], [[1, 104]]]);
});

test("what is told once goes on as it is reckoned", () => {
  const one = rock(1, 10, 100, 60);
  expect(xs(still(10, one), still(12, one), 11.5)).toEqual([[1, 101.5]]);
});

test("who goes is there until then, who comes is there from its own tick on, and who is another is not blended", () => {
  const [before, after] = [still(10, rock(1, 10, 100)), still(12, rock(2, 11, 300))];
  expect(xs(before, after, 10.5)).toEqual([[1, 100]]);
  expect(xs(before, after, 11)).toEqual([[1, 100], [2, 300]]);
  const other = { ...rock(1, 12, 900), owner: 5 };
  expect(xs(still(10, rock(1, 10, 100)), still(12, other), 11)).toEqual([[1, 100]]);
});
