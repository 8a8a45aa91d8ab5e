import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { type Body, Walls } from "./collision";
import type { Kind } from "./kinds";
import { steer } from "./motion";
import type { Arena } from "./scene";

const arena = golden.arena as unknown as Arena;
const kinds = golden.kinds as Kind[];
const shot = kinds[1]!;
const walls = new Walls(arena);

test("flights among walls, corners and blocks are the server's engine's, at any tick rate", () => {
  for (const { kind: kindAt, tick_rate, start, inputs, after } of golden.flights) {
    const [x, y, vx, vy, boost_ticks] = start as [number, number, number, number, number];
    const body = { x, y, vx, vy, boost_ticks };
    const kind = kinds[kindAt]!;
    inputs.forEach(([move_x, move_y, aim, buttons, edges], at) => {
      steer(body, { move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! }, kind, tick_rate);
      walls.step(body, kind, tick_rate);
      const [wx, wy, wvx, wvy, ticks] = after[at] as [number, number, number, number, number];
      expect(Math.hypot(body.x - wx, body.y - wy), `tick ${at}`).toBeLessThan(1e-8);
      expect(Math.hypot(body.vx - wvx, body.vy - wvy), `tick ${at}`).toBeLessThan(1e-8);
      expect(body.boost_ticks).toBe(ticks);
    });
  }
});

test("in the open there is nothing to touch, at the border there is", () => {
  expect(walls.contacts({ x: 512, y: 600 }, 16)).toEqual([]);
  expect(walls.contacts({ x: 10, y: 600 }, 16)).toMatchObject([{ nx: -1, ny: 0, gap: -6 }]);
});

test("from inside a block the nearest way out is taken", () => {
  const [contact] = walls.contacts({ x: 640, y: 318 }, 4);
  expect(contact!.ny).toBeGreaterThan(0.9);
  expect(contact!.gap).toBeLessThan(-4);
});

test("a shot leaves a wall at the angle at which it came, and as fast", () => {
  const body: Body = { x: 30, y: 600, vx: -900, vy: 300 };
  for (let tick = 0; tick < 10; tick += 1) walls.step(body, shot, 60);
  expect(body.vx).toBeCloseTo(900, 6);
  expect(body.vy).toBeCloseTo(300, 6);
});

test("where ticks are rare each takes as many steps as it needs", () => {
  const seldom: Body = { x: 100, y: 600, vx: -900, vy: 250 };
  const often: Body = { ...seldom };
  for (let tick = 0; tick < 20; tick += 1) {
    walls.step(seldom, shot, 20);
    for (let step = 0; step < 3; step += 1) walls.step(often, shot, 60);
    expect(seldom).toEqual(often);
  }
});
