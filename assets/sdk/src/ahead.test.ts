import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { Ahead } from "./ahead";
import { engine } from "./engine_inline";
import type { Kind } from "./kinds";
import { BOOST, type Input, NEUTRAL } from "./motion";
import { type BodyState, Neighbourhood } from "./neighbourhood";
import { Prediction } from "./prediction";
import type { Arena } from "./scene";

const kinds = golden.kinds as Kind[];
const right: Input = { ...NEUTRAL, move_x: 127 };
const other: BodyState = { entity: 4, kind: 0, variant: 0, x: 940, y: 600, vx: 30, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0 };

function prediction(bodies: BodyState[] = []): Prediction {
  const made = new Prediction(new Neighbourhood(engine, golden.arena as unknown as Arena, kinds, kinds[0]!, 60), 60);
  made.reconcile({ entity: 9, x: 900, y: 600, vx: 800, vy: 0, boost_ticks: 0 }, 100, bodies);
  return made;
}

test("between two ticks our ship is drawn between them, on the near side of walls", () => {
  const client = prediction();
  const ahead = new Ahead(client);
  for (let tick = 101; tick < 120; tick += 1) {
    client.step(tick, right);
    const { x } = client.state!;
    const [half, whole] = [0.5, 1].map((fraction) => ahead.place(fraction, { x: 0, y: 0 }).x);
    expect(half).toBeCloseTo((x + whole!) / 2, 9);
    client.step((tick += 1), right);
    expect(client.state!.x).toBe(whole);
  }
});

test("a press is not lived again by being drawn", () => {
  const client = prediction();
  client.step(101, { ...right, edges: BOOST });
  const { boost_ticks } = client.state!;
  new Ahead(client).place(0.5, { x: 0, y: 0 });
  client.step(102, right);
  expect(client.state!.boost_ticks).toBe(boost_ticks - 1);
});

test("what is beside us is drawn as well, from the newest snapshot on", () => {
  const client = prediction();
  const ahead = new Ahead(client);
  expect(ahead.beside(4, 0)).toBeNull();
  client.reconcile({ entity: 9, x: 900, y: 600, vx: 0, vy: 0, boost_ticks: 0 }, 100, [other]);
  expect(ahead.beside(4, 0)).toMatchObject({ x: 940, vx: 30, reach: 16 });
  expect(ahead.beside(4, 1)!.x).toBeGreaterThan(940);
  client.reconcile(null, 102);
  expect(ahead.beside(4, 0)).toBeNull();
});
