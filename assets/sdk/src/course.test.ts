import { expect, test } from "vitest";

import golden from "../../../tests/golden/engine.json";
import { type At, COURSE_TICKS_MAX, type Flight, type Loose, Range } from "./course";
import { engine } from "./engine_inline";
import type { Kind } from "./kinds";
import type { Arena } from "./scene";

const kinds = golden.kinds as Kind[];
const [, shot, rock, crate] = kinds as [Kind, Kind, Kind, Kind];
const arena = golden.arena as unknown as Arena;
const flight: Flight = { kind: shot, speed: 900, speed_per_bounce: 0.1, bounces_max: 3 };
const range = new Range(engine, arena, 60);
const HEXAGON = [[48, 3], [21, 41], [-24, 39], [-47, -2], [-22, -43], [26, -40]] as const;

const right: At = { x: 700, y: 700, vx: 900, vy: 0, bounces: 0 };
const nowhere = (): At => ({ x: 0, y: 0, vx: 0, vy: 0, bounces: 0 });

function loose(kind: Kind, x: number, y: number): Loose {
  return { kind, corners: kind === rock ? HEXAGON : [], x, y, vx: 0, vy: 0, angle: 0, spin: 0 };
}

test("it flies straight on, between ticks as well, and back before its first tick", () => {
  const course = range.fly(flight, right, 50, 20);
  const at = nowhere();
  expect([50, 51, 52.5, 49].map((tick) => (course.at(tick, at), at.x))).toEqual([700, 715, 737.5, 685]);
  expect(course.last_tick).toBe(70);
  expect(course.at(70.01, at)).toBe(false);
});

test("it bounces off the border, faster each time, and a fourth bounce ends it", () => {
  const course = range.fly(flight, { ...right, y: 150, vx: -900, x: 200 }, 0, COURSE_TICKS_MAX);
  const at = nowhere();
  const speeds = new Set<number>();
  for (let tick = 0; course.at(tick, at); tick += 1) speeds.add(Math.round(Math.hypot(at.vx, at.vy)));
  expect([...speeds].slice(0, 2)).toEqual([900, 990]);
  const cornered = range.fly(flight, { x: 30, y: 600, vx: -900, vy: 0, bounces: 3 }, 0, COURSE_TICKS_MAX);
  expect(cornered.last_tick).toBeLessThan(5);
});

test("it bounces off a rock, and ends at a crate", () => {
  const at = nowhere();
  const off = range.fly(flight, right, 0, 30, [loose(rock, 900, 700)]);
  off.at(30, at);
  expect(at.bounces).toBe(1);
  expect(range.fly(flight, right, 0, 30, [loose(crate, 900, 700)]).last_tick).toBeLessThan(14);
});

test("one course leaves no trace in the next, and none is longer than the bound", () => {
  const at = nowhere();
  range.fly(flight, right, 0, 30, [loose(rock, 900, 700)]);
  const course = range.fly(flight, { ...right, vx: 1 }, 0, 10 * COURSE_TICKS_MAX);
  course.at(COURSE_TICKS_MAX, at);
  expect(at).toMatchObject({ x: expect.closeTo(702, 6), bounces: 0 });
  expect(course.last_tick).toBe(COURSE_TICKS_MAX);
});
