import { expect, test } from "vitest";

import type { Near } from "./near";
import { neighbours } from "./neighbours";
import type { Published } from "./reckoning";

const own = { entity: 9, x: 500, y: 600, vx: 1, vy: 2, boost_ticks: 0 };
const told: Near = { entity: 4, dx: 10.5, dy: -3, vx: 30, vy: -40, angle: 0.25, spin: -0.5, move_x: 127, move_y: -1 };
const rock = { id: 4, kind: 2, variant: 7 } as Published;

test("what is near is where it is told to be, and of the sort that it was published as", () => {
  expect(neighbours(own, [told], new Map([[4, rock]]))).toEqual([
    { entity: 4, kind: 2, variant: 7, x: 510.5, y: 597, vx: 30, vy: -40, angle: Math.PI / 2, spin: -Math.PI, move_x: 127, move_y: -1 },
  ]);
});

test("what was never published is left out, and the order kept", () => {
  const near = [8, 4, 6].map((entity) => ({ ...told, entity }));
  expect(neighbours(own, near, new Map([[4, rock], [6, rock]])).map(({ entity }) => entity)).toEqual([4, 6]);
});
