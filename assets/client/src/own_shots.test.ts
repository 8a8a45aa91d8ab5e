import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { Walls } from "./collision";
import type { Track } from "./interpolation";
import type { Kind } from "./kinds";
import { OwnShots } from "./own_shots";
import { type Published, nowhere } from "./reckoning";
import type { Arena } from "./scene";

const kind = golden.kinds[1] as Kind;
const walls = new Walls(golden.arena as unknown as Arena);
const BORN = 100;
const GAP = 9;
const SPEED = 900;

function published(fields: Partial<Published> = {}): Published {
  const vx = SPEED * kind.velocity_scale;
  return { id: 5, kind: 1, variant: 0, owner: 2, status: 0, tick: BORN, x: 300 * 8, y: 600 * 8, vx, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0, ...fields };
}

function track(...states: Published[]): Track {
  return { kind, born: BORN, gone: Infinity, beliefs: states.map((state) => ({ published: state, from: state.tick })), offset: { x: 0, y: 0, angle: 0 }, at: nowhere() };
}

test("a shot leaves the muzzle when the clock says so, though the picture is not there yet", () => {
  const shots = new OwnShots(walls, 60);
  const flying = track(published());
  expect(shots.place(flying, BORN - 1, BORN - 1 - GAP)).toBeNull();
  expect(shots.place(flying, BORN, BORN - GAP)!.x).toBe(300);
  expect(shots.place(flying, BORN + 1, BORN + 1 - GAP)!.x).toBeCloseTo(300 + (15 * 2) / 3, 6);
});

test("three gaps later it is where the picture is, having always gone forward", () => {
  const shots = new OwnShots(walls, 60);
  const flying = track(published());
  let before = 299;
  for (let now = BORN; now <= BORN + 3 * GAP; now += 1) {
    const { x } = shots.place(flying, now, now - GAP)!;
    expect(x).toBeGreaterThan(before);
    before = x;
  }
  expect(before).toBeCloseTo(300 + 15 * 2 * GAP, 6);
});

test("a bounce off a wall is there, and counted, before it is published", () => {
  const shots = new OwnShots(walls, 60);
  const flying = track(published({ x: 960 * 8 }));
  const drawn = Array.from({ length: 12 }, (_, at) => ({ ...shots.place(flying, BORN + at, BORN + at - 2)! }));
  // The engine notices a wall once it is overlapped: by less than a tick's way.
  expect(Math.max(...drawn.map(({ x }) => x))).toBeLessThan(1024 - kind.radius + SPEED / 60 + 1);
  expect(drawn.at(-1)).toMatchObject({ status: 1 });
  expect(drawn.at(-1)!.vx).toBeCloseTo(-SPEED, 6);
});

test("what turned out otherwise melts", () => {
  const shots = new OwnShots(walls, 60);
  const flying = track(published());
  const before = { ...shots.place(flying, BORN + 10, BORN + 8)! };
  const truth = published({ tick: BORN + 5, x: (300 + 75) * 8, y: 610 * 8, status: 2 });
  flying.beliefs.push({ published: truth, from: truth.tick });
  expect(shots.place(flying, BORN + 10, BORN + 8)!.y).toBeCloseTo(before.y, 6);
  const after = shots.place(flying, BORN + 40, BORN + 38)!;
  expect(after.y).toBeCloseTo(610, 1);
  expect(after.status).toBe(2);
});

test("it ends where it was ended", () => {
  const shots = new OwnShots(walls, 60);
  const flying = { ...track(published()), gone: BORN + 20 };
  expect(shots.place(flying, BORN + 19, BORN + 17)).not.toBeNull();
  expect(shots.place(flying, BORN + 30, BORN + 25)).toBeNull();
});

test("a clock that was set back takes the shot with it", () => {
  const shots = new OwnShots(walls, 60);
  const flying = track(published());
  shots.place(flying, BORN + 40, BORN + 40);
  expect(shots.place(flying, BORN + 10, BORN + 10)!.x).toBeCloseTo(300 + 150, 6);
});
