import { expect, test } from "vitest";

import golden from "../../../tests/golden/motion.json";
import type { Kind } from "./kinds";
import { BOOST, BOOST_SPEED, type Input, NEUTRAL, boostTicksOf, steer, thrustOf } from "./motion";

const ship = golden.kinds[0] as Kind;

function inputOf([move_x, move_y, aim, buttons, edges]: number[]): Input {
  return { move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! };
}

test("two seconds at the helm end with the server's bits after every tick", () => {
  for (const { start, inputs, after } of golden.flights) {
    const helm = { vx: start[0]!, vy: start[1]!, boost_ticks: start[2]! };
    inputs.forEach((input, at) => {
      steer(helm, inputOf(input), ship, golden.tick_rate);
      expect([helm.vx, helm.vy, helm.boost_ticks]).toEqual(after[at]);
    });
  }
});

test("the stick's corners are pulled in to the circle", () => {
  const { x, y } = thrustOf(127, -127);
  expect(Math.hypot(x, y)).toBeCloseTo(1, 12);
  expect(thrustOf(127, 0)).toEqual({ x: 1, y: 0 });
  expect(thrustOf(0, 0)).toEqual({ x: 0, y: 0 });
});

test("a boost that was pressed and released between two inputs is a boost, once per cool-down", () => {
  const helm = { vx: 0, vy: 0, boost_ticks: 0 };
  steer(helm, { ...NEUTRAL, move_x: 127, edges: BOOST }, ship, 60);
  expect(helm.vx).toBeGreaterThan(BOOST_SPEED);
  expect(helm.boost_ticks).toBe(boostTicksOf(60));
  const fast = helm.vx;
  steer(helm, { ...NEUTRAL, move_x: 127, buttons: BOOST }, ship, 60);
  expect(helm.vx).toBeLessThan(fast);
});

test("without a direction there is no boost", () => {
  const helm = { vx: 0, vy: 0, boost_ticks: 0 };
  steer(helm, { ...NEUTRAL, buttons: BOOST }, ship, 60);
  expect(helm).toEqual({ vx: 0, vy: 0, boost_ticks: 0 });
});
