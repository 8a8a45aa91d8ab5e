import { expect, test } from "vitest";

import type { Kind } from "./kinds";
import type { Near } from "./near";
import { OTHERS_UNITS, agree, neighbours, others } from "./neighbours";
import type { Published } from "./reckoning";
import { View } from "./view";

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

test("others are the solid bodies not far away, as they are published, the nearest first", () => {
  const common = { shape: "circle", radius: 16, mass: 1, elasticity: 1, friction: 0, drag: 0, thrust: 0, steered: false, sensor: false, velocity_scale: 16, tolerance_units: 1, tolerance_angle: 3 } as const;
  const kinds: Kind[] = [{ ...common, name: "rock", category: "rock" }, { ...common, name: "shot", category: "shot" }];
  const view = new View(kinds, 60);
  view.tick = 130;
  const at = (id: number, x: number, kind = 0): Published =>
    ({ id, kind, variant: 3, owner: 0, status: 0, tick: 100, x: x * 8, y: 4800, vx: 16 * 20, vy: 0, angle: 64, spin: 2048, move_x: 0, move_y: 0 });
  for (const body of [at(9, 500), at(5, 600), at(4, 530), at(6, 700, 1), at(7, 520), at(8, 500 + OTHERS_UNITS)]) view.entities.set(body.id, body);
  const found = others(own, [{ entity: 7 } as ReturnType<typeof others>[number]], view);
  expect(found.map(({ entity }) => entity)).toEqual([4, 5]);
  expect(found[0]).toMatchObject({ x: 540, y: 600, vx: 20, variant: 3, spin: Math.PI });
});

test.each([
  [{}, true, true, true],
  [{ x: 520.5 + 1 / 64, vy: -20 + 1 / 16, angle: -Math.PI }, true, true, true],
  [{ y: 369.75 - 1 / 60 }, false, true, false],
  [{ y: 369.75 - 1.01 }, false, false, false],
  [{ vx: 10.07 }, false, true, false],
  [{ angle: Math.PI - 0.01 }, false, true, true],
  [{ spin: 1.01 }, false, true, true],
  [{ move_x: 126 }, false, false, false],
])("what is told agrees with what was foreseen as far as it can be told: %o", (changes, exact, belief, of_a_ship) => {
  const foreseen = { entity: 7, kind: 2, variant: 0, x: 520.5, y: 369.75, vx: 10, vy: -20, angle: Math.PI, spin: 1, move_x: 127, move_y: -3 };
  const told = { ...foreseen, ...changes };
  expect(agree(foreseen, told, true, true)).toBe(exact);
  expect(agree(foreseen, told, false, true)).toBe(belief);
  expect(agree(foreseen, told, true, false)).toBe(of_a_ship);
});
