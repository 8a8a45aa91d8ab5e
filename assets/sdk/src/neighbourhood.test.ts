import { beforeEach, expect, test } from "vitest";

import golden from "../../../tests/golden/engine.json";
import vectors from "../../../tests/golden/neighbourhood.json";
import { crc32 } from "./checksum";
import { engine } from "./engine_inline";
import type { Kind } from "./kinds";
import { BOOST, type Input, NEUTRAL } from "./motion";
import { type BodyState, Neighbourhood, type ShipState } from "./neighbourhood";
import { CATEGORY_BITS, WALL } from "./physics";
import type { Arena } from "./scene";

const kinds = golden.kinds as Kind[];
const hexagon = [[48, 3], [21, 41], [-24, 39], [-47, -2], [-22, -43], [26, -40]] as const;
const arena = { ...golden.arena, rocks: [{ points: hexagon, x: 0, y: 0, angle: 0 }] } as unknown as Arena;
const right: Input = { ...NEUTRAL, move_x: 127 };
const START: ShipState = { x: 700, y: 700, vx: 200, vy: 0, boost_ticks: 0 };
const SHIP = 0, ROCK = 2, CRATE = 3;

let space: Neighbourhood;

beforeEach(() => {
  space = new Neighbourhood(engine, arena, kinds, kinds[SHIP]!, 60);
});

function body(fields: Partial<BodyState> = {}): BodyState {
  return { entity: 5, kind: ROCK, variant: 0, x: 780, y: 700, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0, ...fields };
}

function live(ticks: number, input = right): ShipState {
  let state = START;
  for (let tick = 0; tick < ticks; tick += 1) state = space.step(input);
  return state;
}

function seen(): (Partial<BodyState> & { entity: number })[] {
  const found: (Partial<BodyState> & { entity: number })[] = [];
  space.look((entity, state) => found.push({ entity, ...state }));
  return found;
}

test("restored, everything is where it was said to be, by rising entity", () => {
  space.restore(START, [body({ entity: 8, kind: CRATE, x: 300 }), body({ vx: 3, spin: 1, angle: 0.5 })]);
  expect(seen()).toMatchObject([{ entity: 5, x: 780, vx: 3, spin: 1, angle: 0.5 }, { entity: 8, x: 300 }]);
  expect(space.is_alone).toBe(false);
});

test("what follows depends on what was restored, and on nothing before", () => {
  const fresh = new Neighbourhood(engine, arena, kinds, kinds[SHIP]!, 60);
  space.restore({ ...START, x: 20, vx: -400 }, [body({ x: 50 }), body({ entity: 6, kind: CRATE, x: 90 })]);
  live(40);
  for (const each of [space, fresh]) each.restore(START, [body()]);
  for (let tick = 0; tick < 90; tick += 1) expect(space.step(right)).toEqual(fresh.step(right));
});

test("taken up in the middle of a contact, it is lived on to the bit", () => {
  const other = new Neighbourhood(engine, arena, kinds, kinds[SHIP]!, 60);
  space.restore({ ...START, x: 30, y: 700, vx: -500 }, []);
  for (let tick = 0; tick < 30; tick += 1) {
    const state = space.step({ ...NEUTRAL, move_x: -127, move_y: 40 });
    other.restore(state, []);
    const next = { ...NEUTRAL, move_x: -127, move_y: 40 };
    expect(other.step(next)).toEqual(space.peek(next, () => undefined));
  }
});

test("a rock is pushed, and another ship flies on with its stick held", () => {
  space.restore({ ...START, vx: 600 }, [body(), body({ entity: 9, kind: SHIP, x: 700, y: 500, move_x: -127 })]);
  live(20);
  const [rock, ship] = seen();
  expect(rock!.x!).toBeGreaterThan(780);
  expect(ship!.vx!).toBeLessThan(-100);
});

test("a tick that was peeked at has not been lived", () => {
  space.restore(START, [body()]);
  live(4);
  let peeked: unknown;
  const boosting = { ...right, buttons: BOOST };
  const next = space.peek(boosting, () => void (peeked = seen()));
  expect(next.boost_ticks).toBeGreaterThan(0);
  expect(space.step(boosting)).toEqual(next);
  expect(seen()).toEqual(peeked);
});

test("a golden neighbourhood, restored and lived again and again, is the bots' to the last bit", () => {
  const yard = new Neighbourhood(engine, vectors.arena as unknown as Arena, vectors.kinds as Kind[], vectors.kinds[SHIP] as Kind, 60);
  for (const { own, bodies, inputs, after, checksum } of vectors.scenes) {
    yard.restore(own, bodies);
    const lived = inputs.map(([move_x, move_y, aim, buttons, edges]) => {
      const { x, y, vx, vy, boost_ticks } = yard.step({ move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! });
      return [x, y, vx, vy, boost_ticks];
    });
    expect(lived).toEqual(after);
    const beside: number[] = [];
    yard.look((_, { x, y, vx, vy, angle, spin }) => beside.push(x, y, vx, vy, angle, spin));
    expect(crc32(new Uint8Array(Float64Array.from(beside).buffer))).toBe(checksum);
  }
});

test("what our ship touches is told once", () => {
  space.restore({ ...START, vx: 600 }, [body()]);
  live(10);
  expect(space.takeTouched()).toBe(CATEGORY_BITS["rock"]);
  space.restore({ ...START, x: 17, vx: -300 }, []);
  live(2);
  expect(space.takeTouched()).toBe(WALL);
  expect(space.takeTouched()).toBe(0);
});

test("whether something may touch us is told by the gap and by how fast it closes", () => {
  const may = (fields: Partial<BodyState>, seconds = 0.5) => space.mayTouch({ ...START, vx: 0 }, body(fields), seconds, 10);
  expect(may({ x: 770 })).toBe(true);
  expect(may({ x: 900 })).toBe(false);
  expect(may({ x: 900, vx: -400 })).toBe(true);
  expect(may({ x: 900, vx: 400 })).toBe(false);
  expect(may({ x: 900, vx: -400 }, 0.1)).toBe(false);
});
