import { beforeEach, expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { checksumOf } from "./checksum";
import { engine } from "./engine_inline";
import type { Gun } from "./gun";
import type { Track } from "./interpolation";
import type { Kind } from "./kinds";
import { FIRE, type Input, NEUTRAL } from "./motion";
import { MATCH_TICKS, OwnShots, UNCONFIRMED_MAX } from "./own_shots";
import { type Published, nowhere } from "./reckoning";
import type { Arena } from "./scene";
import type { Own } from "./snapshot";
import { View } from "./view";

const kinds = golden.kinds as Kind[];
const kind = kinds[1]!;
const arena = golden.arena as unknown as Arena;
const BORN = 100;
const GAP = 9;
const SPEED = 900;
const GUN: Gun = { kind: 1, speed: SPEED, muzzle_units: 10, cooldown_s: 0.22, rapid_cooldown_s: 0.11, life_s: 1.7, bounces_max: 3, speed_per_bounce: 0.1 };
const FIRING: Input = { ...NEUTRAL, buttons: FIRE };
const SHIP = { x: 275, y: 600, vx: 0, vy: 0, boost_ticks: 0 };

let view: View;
let shots: OwnShots;

beforeEach(() => {
  view = new View(kinds, 60);
  shots = new OwnShots(GUN, engine, arena, view);
});

function published(fields: Partial<Published> = {}): Published {
  const vx = SPEED * kind.velocity_scale;
  return { id: 5, kind: 1, variant: 0, owner: 2, status: 0, tick: BORN, x: 300 * 8, y: 600 * 8, vx, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0, ...fields };
}

function track(...states: Published[]): Track {
  return { kind, born: states[0]!.tick, gone: Infinity, beliefs: states.map((state) => ({ published: state, from: state.tick })), offset: { x: 0, y: 0, angle: 0 }, at: nowhere() };
}

/** A snapshot of `tick` has come. */
function hear(tick: number, entities: Published[] = [], own: Own | null = null): void {
  const cells = [{ cell: 0, keyframe: true as const, checksum: checksumOf(entities), entities }];
  view.apply({ type: "snapshot", tick, ack: 0, slack_ms: null, own: null, hud: null, left: [], near: null, cells });
  shots.heard(own);
}

function unconfirmed(now: number, gap = GAP) {
  return [...shots.unconfirmed(now, now - gap)].map((shot) => ({ ...shot }));
}

test("a shot is there in the tick in which our gun fires, where the server will have it", () => {
  shots.step(BORN, FIRING, SHIP, 0);
  expect(unconfirmed(BORN)).toMatchObject([{ x: 275 + 10 + 15, y: 600, vx: SPEED, status: 0 }]);
});

test("the gun keeps its time, and less of it in rapid fire", () => {
  const fired = (rapid_until: number) => {
    const counted = new OwnShots(GUN, engine, arena, new View(kinds, 60));
    for (let tick = 200; tick < 260; tick += 1) counted.step(tick, FIRING, SHIP, rapid_until);
    return [...counted.unconfirmed(260, 260)].length;
  };
  expect(fired(0)).toBe(5);
  expect(fired(1000)).toBe(9);
});

test("the server's shot takes the place of ours, and nothing is seen of it", () => {
  shots.step(BORN, FIRING, SHIP, 0);
  const [foreseen] = unconfirmed(BORN + 6);
  const told = shots.place(track(published()), BORN + 6, BORN + 6 - GAP)!;
  expect(told).toMatchObject({ id: foreseen!.id, x: foreseen!.x, y: foreseen!.y });
  expect(unconfirmed(BORN + 6)).toEqual([]);
});

test("a shot that the server fired a little later, and elsewhere, goes on from where it is drawn", () => {
  shots.step(BORN, FIRING, SHIP, 0);
  const [foreseen] = unconfirmed(BORN + 12);
  const late = track(published({ tick: BORN + 2, y: 604 * 8 }));
  const at = { ...shots.place(late, BORN + 12, BORN + 12 - GAP)! };
  expect(at).toMatchObject({ id: foreseen!.id, x: expect.closeTo(foreseen!.x, 6), y: expect.closeTo(600, 6) });
  expect(shots.place(late, BORN + 40, BORN + 40 - GAP)!.y).toBeCloseTo(604, 1);
});

test("what the server doesn't tell of was never fired", () => {
  shots.step(BORN, FIRING, SHIP, 0);
  hear(BORN + MATCH_TICKS);
  expect(unconfirmed(BORN + MATCH_TICKS)).toHaveLength(1);
  hear(BORN + MATCH_TICKS + 2);
  expect(unconfirmed(BORN + MATCH_TICKS + 2)).toEqual([]);
});

test("unconfirmed shots are bounded", () => {
  for (let tick = 100; tick < 3000; tick += 1) shots.step(tick, FIRING, SHIP, 9000);
  hear(100);
  expect([...shots.unconfirmed(100, 3000)].length).toBeLessThanOrEqual(UNCONFIRMED_MAX);
});

test("what we didn't foresee is drawn, too, and the gun cools down for it", () => {
  hear(BORN, [], { entity: 3, ...SHIP });
  expect(shots.place(track(published()), BORN + 3, BORN)).toMatchObject({ status: 0 });
  shots.step(BORN + 5, FIRING, SHIP, 0);
  expect(unconfirmed(BORN + 5)).toEqual([]);
  shots.step(BORN + 13, FIRING, SHIP, 0);
  expect(unconfirmed(BORN + 13)).toHaveLength(1);
});

test("a shot that comes back into sight was not fired now", () => {
  hear(BORN, [], { entity: 3, ...SHIP, x: 900 });
  expect(shots.place(track(published({ status: 2 })), BORN + 3, BORN)).toMatchObject({ status: 2 });
  expect(shots.unforeseen).toBe(0);
  shots.step(BORN + 5, FIRING, SHIP, 0);
  expect(unconfirmed(BORN + 5)).toHaveLength(1);
});

test("a shot leaves the muzzle when the clock says so, though the picture is not there yet", () => {
  const flying = track(published());
  expect(shots.place(flying, BORN - 1, BORN - 1 - GAP)).toBeNull();
  expect(shots.place(flying, BORN, BORN - GAP)!.x).toBe(300);
  expect(shots.place(flying, BORN + 1, BORN + 1 - GAP)!.x).toBeCloseTo(300 + (15 * 2) / 3, 6);
});

test("three gaps later it is where the picture is, having always gone forward", () => {
  const flying = track(published());
  let before = 299;
  for (let now = BORN; now <= BORN + 3 * GAP; now += 1) {
    const { x } = shots.place(flying, now, now - GAP)!;
    expect(x).toBeGreaterThan(before);
    before = x;
  }
  expect(before).toBeCloseTo(300 + 15 * 2 * GAP, 6);
});

test("a bounce off a wall is there, counted, and faster, before it is published", () => {
  const flying = track(published({ x: 960 * 8 }));
  const drawn = Array.from({ length: 12 }, (_, at) => ({ ...shots.place(flying, BORN + at, BORN + at - 2)! }));
  // The engine notices a wall once it is overlapped: by less than a tick's way.
  expect(Math.max(...drawn.map(({ x }) => x))).toBeLessThan(1024 - kind.radius + SPEED / 60 + 1);
  expect(drawn.at(-1)).toMatchObject({ status: 1 });
  expect(drawn.at(-1)!.vx).toBeCloseTo(-1.1 * SPEED, 6);
});

test("what turned out otherwise melts", () => {
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
  const flying = { ...track(published()), gone: BORN + 20 };
  expect(shots.place(flying, BORN + 19, BORN + 17)).not.toBeNull();
  expect(shots.place(flying, BORN + 30, BORN + 25)).toBeNull();
});

test("a clock that was set back takes the shot with it", () => {
  const flying = track(published());
  shots.place(flying, BORN + 40, BORN + 40);
  expect(shots.place(flying, BORN + 10, BORN + 10)!.x).toBeCloseTo(300 + 150, 6);
});
