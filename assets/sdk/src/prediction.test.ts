import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { engine } from "./engine_inline";
import type { Kind } from "./kinds";
import { BOOST, type Input, NEUTRAL } from "./motion";
import { type BodyState, Neighbourhood } from "./neighbourhood";
import { BODIES_MAX, BODY_TICKS_MAX, MARGIN_UNITS, Prediction, REPLAY_TICKS_MAX, SOON_TICKS } from "./prediction";
import type { Arena } from "./scene";
import type { Own } from "./snapshot";

const kinds = golden.kinds as Kind[];
const ship = kinds[0]!;
const arena = golden.arena as unknown as Arena;
const right: Input = { ...NEUTRAL, move_x: 127 };
const START: Own = { entity: 9, x: 512, y: 600, vx: 0, vy: 0, boost_ticks: 0 };

function prediction(own: Own | null = START, tick = 100): Prediction {
  const made = new Prediction(new Neighbourhood(engine, arena, kinds, ship, 60), 60);
  made.reconcile(own, tick);
  return made;
}

/** The server's ship after these inputs. */
function lived(inputs: readonly Input[]): Own {
  const server = prediction();
  inputs.forEach((input, at) => server.step(101 + at, input));
  return { entity: 9, ...server.state! };
}

function beside(count: number, x = 560): BodyState[] {
  return Array.from({ length: count }, (_, at) => ({
    entity: 20 + at, kind: 0, variant: 0, x, y: 600 + 40 * at, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0,
  }));
}

test("a server that agrees changes nothing, and nothing is lived again", () => {
  const inputs = Array.from({ length: 60 }, (_, at): Input => ({ ...right, move_y: at, buttons: at % 20 ? 0 : BOOST }));
  const client = prediction();
  inputs.forEach((input, at) => client.step(101 + at, input));
  const before = client.state;
  const told = client.reconcile(lived(inputs.slice(0, 30)), 130);
  expect(client.state).toBe(before);
  expect(told).toEqual({ error_units: 0, surprise_units: 0, correction_units: 0, replayed_ticks: 0, bodies: 0, bodies_left_out: 0 });
});

test("a golden flight with its bounces is foreseen to the bit, from any of its snapshots", () => {
  const { start, inputs, after } = golden.flights[0]!;
  const [x, y, vx, vy, boost_ticks] = start as [number, number, number, number, number];
  const client = prediction({ entity: 1, x, y, vx, vy, boost_ticks }, 0);
  inputs.forEach(([move_x, move_y, aim, buttons, edges], at) => {
    client.step(at + 1, { move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! });
    if (at < 10 || at % 2) return;
    const [sx, sy, svx, svy, sticks] = after[at - 10] as [number, number, number, number, number];
    const { surprise_units } = client.reconcile({ entity: 1, x: sx, y: sy, vx: svx, vy: svy, boost_ticks: sticks }, at - 9);
    expect(surprise_units).toBe(0);
  });
});

test("a push that was not foreseen is measured and taken over", () => {
  const client = prediction();
  for (let tick = 101; tick <= 110; tick += 1) client.step(tick, right);
  const { x } = client.state!;
  const told = lived(Array.from({ length: 5 }, () => right));
  const { error_units, correction_units, replayed_ticks } = client.reconcile({ ...told, x: told.x + 3, y: told.y + 4 }, 105);
  expect(error_units).toBeCloseTo(5, 9);
  expect(correction_units).toBeCloseTo(5, 9);
  expect(replayed_ticks).toBe(5);
  expect(client.state!.x).toBeCloseTo(x + 3, 9);
});

test("what was seen at first surprises, though it was known better since", () => {
  const client = prediction();
  for (let tick = 101; tick <= 110; tick += 1) client.step(tick, right);
  const after = (ticks: number, dx: number) => {
    const told = lived(Array.from({ length: ticks }, () => right));
    return { ...told, x: told.x + dx };
  };
  client.reconcile(after(2, 3), 102);
  expect(client.reconcile(after(4, 3), 104)).toMatchObject({ error_units: expect.closeTo(0, 6), surprise_units: expect.closeTo(3, 6), correction_units: expect.closeTo(0, 6) });
});

test("ticks that were left out are held as the server holds them, edges apart", () => {
  const skipping = prediction();
  skipping.step(101, { ...right, edges: BOOST });
  skipping.step(130, right);
  const held = prediction();
  held.step(101, { ...right, edges: BOOST });
  for (let tick = 102; tick < 130; tick += 1) held.step(tick, tick < 117 ? right : NEUTRAL);
  held.step(130, right);
  expect(skipping.state).toEqual(held.state);
});

test("after a silence what is held counts from the last input, and not from the last news", () => {
  const inputs = [...Array<Input>(16).fill(right), ...Array<Input>(19).fill(NEUTRAL), { ...NEUTRAL, move_y: 127 }];
  const client = prediction();
  client.step(101, right);
  client.reconcile(lived(inputs.slice(0, 10)), 110);
  client.reconcile(lived(inputs.slice(0, 30)), 130);
  client.step(136, { ...NEUTRAL, move_y: 127 });
  expect({ entity: 9, ...client.state! }).toEqual(lived(inputs));
});

test("without a ship there is nothing to foresee, and a new one begins without error", () => {
  const client = prediction(null);
  client.step(101, right);
  expect(client.state).toBeNull();
  expect(client.reconcile(START, 101).error_units).toBeNull();
  client.step(102, right);
  expect(client.state!.x).toBeGreaterThan(START.x);
  expect(client.reconcile({ ...START, entity: 10, x: 700 }, 102)).toMatchObject({ error_units: null, correction_units: 0 });
});

test("however long the silence, no more than the bound is lived again", () => {
  const client = prediction();
  for (let tick = 101; tick <= 100 + 5 * REPLAY_TICKS_MAX; tick += 1) client.step(tick, NEUTRAL);
  const { replayed_ticks } = client.reconcile({ ...START, vx: 60 }, 101);
  expect(replayed_ticks).toBe(REPLAY_TICKS_MAX);
  const coast = prediction({ ...START, vx: 60 });
  for (let tick = 101; tick <= 100 + REPLAY_TICKS_MAX; tick += 1) coast.step(tick, NEUTRAL);
  expect(client.state).toEqual(coast.state);
});

test("bodies are lived with when one may be touched, and not when none may", () => {
  const client = prediction();
  client.step(101, right);
  expect(client.reconcile(START, 100, beside(2))).toMatchObject({ bodies: 2, replayed_ticks: 1, bodies_left_out: 0 });
  expect(client.space.is_alone).toBe(false);
  expect(client.reconcile(START, 100, beside(2, 900))).toMatchObject({ bodies: 0, replayed_ticks: 1 });
  expect(client.space.is_alone).toBe(true);
});

test("what is published is lived with, too, where something may touch us", () => {
  const client = prediction();
  expect(client.reconcile(START, 100, [], beside(1, 900))).toMatchObject({ bodies: 0 });
  expect(client.reconcile(START, 100, beside(1), beside(1, 900))).toMatchObject({ bodies: 2 });
});

test("where we boosted or turned, which the server doesn't know yet, what is farther off matters", () => {
  const bodies = (ticks: number, input: Input) => {
    const client = prediction();
    for (let tick = 101; tick <= 100 + ticks; tick += 1) client.step(tick, input);
    return client.reconcile(START, 100, [], beside(1, START.x + 90)).bodies;
  };
  expect([bodies(14, NEUTRAL), bodies(2, right), bodies(14, right), bodies(1, { ...right, edges: BOOST })]).toEqual([0, 0, 1, 1]);
});

test.each([[3, true], [SOON_TICKS, false]])("what we boost into is foreseen once a snapshot has come since: after %d ticks it was %s", (silent_ticks, is_right) => {
  const ahead = beside(1, START.x + 2 * ship.radius + MARGIN_UNITS + 1);
  const [server, client] = [new Neighbourhood(engine, arena, kinds, ship, 60), prediction()];
  server.restore(START, ahead);
  expect(client.reconcile(START, 100, ahead).bodies).toBe(0);
  for (let tick = 101; tick <= 112; tick += 1) {
    const truth = server.step({ ...right, buttons: BOOST });
    client.step(tick, { ...right, buttons: BOOST });
    if (tick === 100 + silent_ticks) {
      expect(client.state!.x === truth.x).toBe(is_right);
      expect(client.reconcile(START, 100, ahead).bodies).toBe(1);
    }
    if (tick >= 100 + silent_ticks) expect(client.state).toEqual(truth);
  }
});

test("a snapshot costs no more than it may: the farthest bodies are left out", () => {
  const client = prediction();
  expect(client.reconcile(START, 100, beside(12))).toMatchObject({ bodies: BODIES_MAX, bodies_left_out: 0 });
  expect(client.reconcile(START, 100, beside(12), undefined, 3)).toMatchObject({ bodies: 3, bodies_left_out: BODIES_MAX - 3 });
  for (let tick = 101; tick <= 200; tick += 1) client.step(tick, NEUTRAL);
  const { bodies, replayed_ticks } = client.reconcile(START, 100, beside(12));
  expect(bodies).toBe(2);
  expect(bodies * replayed_ticks).toBeLessThanOrEqual(BODY_TICKS_MAX);
});

test("among other walls it goes on from where it is, and bounces off what is there now", () => {
  const open = { ...arena, walls: [] };
  const across = { ...arena, walls: [{ points: [[300, 0], [300, 600]] as const, radius: 16, closed: false }] };
  const space = (of: Arena) => new Neighbourhood(engine, of, kinds, ship, 60);
  const prediction = new Prediction(space(open), 60);
  prediction.reconcile({ entity: 1, x: 200, y: 300, vx: 600, vy: 0, boost_ticks: 0 }, 10);
  prediction.step(11, NEUTRAL);
  const before = prediction.state!;
  prediction.moveTo(space(across));
  expect(prediction.state).toBe(before);
  for (let tick = 12; tick < 40; tick += 1) prediction.step(tick, NEUTRAL);
  expect(prediction.state!.x).toBeLessThan(284 - 15.9);
});
