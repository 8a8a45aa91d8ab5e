import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { Walls } from "./collision";
import type { Kind } from "./kinds";
import { BOOST, type Input, NEUTRAL } from "./motion";
import { HISTORY_TICKS, Prediction } from "./prediction";
import type { Arena } from "./scene";
import type { Own } from "./snapshot";

const ship = golden.kinds[0] as Kind;
const walls = new Walls(golden.arena as unknown as Arena);
const right: Input = { ...NEUTRAL, move_x: 127 };
const START: Own = { entity: 9, x: 512, y: 600, vx: 0, vy: 0, boost_ticks: 0 };

function prediction(own: Own | null = START, tick = 100): Prediction {
  const made = new Prediction(ship, walls, 60);
  made.reconcile(own, tick);
  return made;
}

/** The server's ship after these inputs. */
function lived(inputs: readonly Input[]): Own {
  const server = prediction();
  inputs.forEach((input, at) => server.advance(101 + at, input));
  return { entity: 9, ...server.ship };
}

test("a server that agrees changes nothing", () => {
  const inputs = Array.from({ length: 60 }, (_, at): Input => ({ ...right, move_y: at, buttons: at % 20 ? 0 : BOOST }));
  const client = prediction();
  inputs.forEach((input, at) => client.advance(101 + at, input));
  const before = { ...client.ship };
  client.reconcile(lived(inputs.slice(0, 30)), 130);
  expect(client.ship).toEqual(before);
  expect(client.error_units).toBe(0);
});

test("a golden flight is predicted from any of its snapshots", () => {
  const { start, inputs, after } = golden.flights[0]!;
  const [x, y, vx, vy, boost_ticks] = start as [number, number, number, number, number];
  const client = prediction({ entity: 1, x, y, vx, vy, boost_ticks }, 0);
  inputs.forEach(([move_x, move_y, aim, buttons, edges], at) => {
    client.advance(at + 1, { move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! });
    if (at < 10 || at % 2) return;
    const [sx, sy, svx, svy, sticks] = after[at - 10] as [number, number, number, number, number];
    client.reconcile({ entity: 1, x: sx, y: sy, vx: svx, vy: svy, boost_ticks: sticks }, at - 9);
    expect(client.error_units).toBeLessThan(0.5);
  });
});

test("a push that was not foreseen is measured and taken over", () => {
  const client = prediction();
  for (let tick = 101; tick <= 110; tick += 1) client.advance(tick, right);
  const { x } = client.ship;
  const told = lived(Array.from({ length: 5 }, () => right));
  client.reconcile({ ...told, x: told.x + 3, y: told.y + 4 }, 105);
  expect(client.error_units).toBeCloseTo(5, 9);
  expect(client.ship.x).toBeCloseTo(x + 3, 9);
});

test("ticks that were left out are held as the server holds them, edges apart", () => {
  const skipping = prediction();
  skipping.advance(101, { ...right, edges: BOOST });
  skipping.advance(130, right);
  const held = prediction();
  held.advance(101, { ...right, edges: BOOST });
  for (let tick = 102; tick < 130; tick += 1) held.advance(tick, tick < 117 ? right : NEUTRAL);
  held.advance(130, right);
  expect(skipping.ship).toEqual(held.ship);
});

test("without a ship there is nothing to predict, and a new one begins without error", () => {
  const client = prediction(null);
  client.advance(101, right);
  expect(client.alive).toBe(false);
  client.reconcile(START, 101);
  expect(client.alive).toBe(true);
  expect(client.error_units).toBe(0);
  client.advance(102, right);
  expect(client.ship.x).toBeGreaterThan(START.x);
});

test("however long the silence, no more than the history is replayed", () => {
  const client = prediction();
  for (let tick = 101; tick <= 100 + 5 * HISTORY_TICKS; tick += 1) client.advance(tick, NEUTRAL);
  client.reconcile({ ...START, vx: 60 }, 101);
  const coast = prediction({ ...START, vx: 60 });
  for (let tick = 101; tick <= 100 + HISTORY_TICKS; tick += 1) coast.advance(tick, NEUTRAL);
  expect(client.ship.x).toBeCloseTo(coast.ship.x, 9);
});

test("between two ticks the ship is drawn between them, on the near side of walls", () => {
  const client = prediction({ ...START, x: 1000, vx: 800 });
  client.advance(101, right);
  const place = { x: 0, y: 0 };
  const whole = client.placeAt(1, { x: 0, y: 0 });
  expect(client.placeAt(0.5, place).x).toBeCloseTo((client.ship.x + whole.x) / 2, 9);
  client.advance(102, right);
  expect(client.ship.x).toBeCloseTo(whole.x, 9);
});
