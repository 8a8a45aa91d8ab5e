import { expect, test } from "vitest";

import golden from "../../../tests/golden/snapshots.json";
import type { Kind } from "./kinds";
import type { Published } from "./reckoning";
import { Redrawn } from "./redrawn";

const kinds = golden.kinds as Kind[];
const SHIP = kinds.findIndex(({ category }) => category === "ship");
const published: Published = { id: 7, kind: SHIP, variant: 1, owner: 3, status: 0x1f, tick: 9, x: 0, y: 0, vx: 0, vy: 0, angle: 64, spin: 0, move_x: 127, move_y: 0 };
const at = { x: 10, y: 20, vx: 3, vy: 4, angle: 64 };

test("what is seen is drawn as its kind says, where it is", () => {
  const [ship] = new Redrawn(kinds).take([{ published, at }]);
  expect(ship).toMatchObject({ id: 7, kind: "ship", variant: 1, owner: 3, status: 0x1f, x: 10, y: 20, vx: 3, vy: 4, thrust: { x: 1, y: 0 }, mine: false });
  expect(ship!.angle).toBeCloseTo(Math.PI / 2);
});

test("an id keeps its object from frame to frame", () => {
  const redrawn = new Redrawn(kinds);
  const [first] = [...redrawn.take([{ published, at }])];
  const [second] = redrawn.take([{ published, at: { ...at, x: 11 } }]);
  expect(second).toBe(first);
  expect(second!.x).toBe(11);
  expect(redrawn.take([])).toEqual([]);
});
