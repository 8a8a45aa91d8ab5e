import { expect, test } from "vitest";

import { type Gun, Trigger } from "./gun";
import { FIRE, NEUTRAL } from "./motion";

const GUN: Gun = { kind: 1, speed: 900, muzzle_units: 10, cooldown_s: 0.22, rapid_cooldown_s: 0.11, life_s: 1.7, bounces_max: 3, speed_per_bounce: 0.1 };
const held = { ...NEUTRAL, buttons: FIRE };

function fires(trigger: Trigger, from: number, to: number, rapid_until = 0): number[] {
  const ticks = Array.from({ length: to - from }, (_, at) => from + at);
  return ticks.filter((tick) => trigger.pull(tick, held, rapid_until));
}

test("it fires while fire is held, a cool-down apart", () => {
  expect(fires(new Trigger(GUN, 60), 100, 130)).toEqual([100, 113, 126]);
  expect(fires(new Trigger(GUN, 60), 100, 115, 1000)).toEqual([100, 107, 114]);
});

test("a press that was released again is a shot, and nothing is none", () => {
  const trigger = new Trigger(GUN, 60);
  expect(trigger.pull(100, NEUTRAL, 0)).toBe(false);
  expect(trigger.pull(101, { ...NEUTRAL, edges: FIRE }, 0)).toBe(true);
});

test("when the server fired at another tick, the next shot is so much later or earlier", () => {
  const trigger = new Trigger(GUN, 60);
  trigger.pull(100, held, 0);
  trigger.fired(102, 100, 0);
  expect(fires(trigger, 103, 130)).toEqual([115, 128]);
});

test("when the server fired what we didn't, we wait for that as well", () => {
  const trigger = new Trigger(GUN, 60);
  trigger.fired(100, null, 0);
  expect(fires(trigger, 101, 120)).toEqual([113]);
});
