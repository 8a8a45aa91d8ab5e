import { beforeEach, expect, test } from "vitest";

import type { Beside } from "./ahead";
import type { Reckoned } from "./reckoning";
import { Touch } from "./touch";

const FRAME_S = 1 / 60;
const RADIUS = 16;
const ROCK = 5;
const me = { x: 0, y: 0 };

let touch: Touch;

beforeEach(() => {
  touch = new Touch();
});

function past(x: number, angle = 0): Reckoned {
  return { x, y: 0, vx: 1, vy: 2, angle };
}

function foreseen(x: number, angle = 0): Beside {
  return { x, y: 0, vx: 0, vy: 0, angle, spin: 0, reach: 48 };
}

/** Where it is drawn at the end of so many frames. */
function draw(frames: number, was: Reckoned, now: Beside | null, turns = true): Reckoned {
  let drawn = { ...was };
  for (let frame = 0; frame < frames; frame += 1) drawn = { ...touch.draw(ROCK, was, now, me, RADIUS, turns, FRAME_S) };
  return drawn;
}

test("what we touch is drawn where it is foreseen, soon and without a jump", () => {
  const first = draw(1, past(60), foreseen(64));
  expect(first.x).toBeGreaterThan(60);
  expect(first.x).toBeLessThan(61);
  expect(draw(12, past(60), foreseen(64)).x).toBeCloseTo(64, 9);
});

test("what is far is drawn in the past, however well it is foreseen", () => {
  expect(draw(20, past(300), foreseen(310)).x).toBe(300);
});

test("between near and far it is drawn in between", () => {
  const { x } = draw(30, past(90), foreseen(104));
  expect(x).toBeGreaterThan(91);
  expect(x).toBeLessThan(103);
});

test("what is foreseen no longer falls back, and then is in the past", () => {
  draw(20, past(60), foreseen(64));
  const steps = Array.from({ length: 12 }, () => draw(1, past(60), null).x);
  expect(Math.max(...steps.map((x, at) => (at === 0 ? 64 : steps[at - 1]!) - x))).toBeLessThan(0.5);
  expect(steps.at(-1)).toBe(60);
});

test("what a snapshot moved is drawn where it was, and melts", () => {
  draw(20, past(60), foreseen(64));
  touch.moved(ROCK, 3, 0);
  expect(draw(1, past(60), foreseen(67)).x).toBeLessThan(65);
  expect(draw(120, past(60), foreseen(67)).x).toBeCloseTo(67, 1);
});

test("rocks turn as foreseen, ships as their players aim", () => {
  const [quarter, eighth] = [Math.PI / 2, 32];
  expect(draw(20, past(60, eighth), foreseen(64, quarter)).angle).toBeCloseTo(64, 9);
  touch.clear();
  expect(draw(20, past(60, eighth), foreseen(64, quarter), false).angle).toBe(eighth);
});

test("what is drawn no more is forgotten", () => {
  draw(20, past(60), foreseen(64));
  touch.keep(new Map());
  expect(draw(1, past(60), foreseen(64)).x).toBeLessThan(61);
});
