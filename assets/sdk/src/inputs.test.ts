import { expect, test } from "vitest";

import { Outbox, inputOf } from "./inputs";
import type { Inputs } from "./messages";
import { NEUTRAL } from "./motion";

function outbox(snapshot_interval = 2): { sent: Inputs[]; box: Outbox } {
  const sent: Inputs[] = [];
  return { sent, box: new Outbox(snapshot_interval, (inputs) => sent.push(inputs)) };
}

test("controls become wire integers", () => {
  const sample = { move: { x: -1, y: 0.5 }, aim: Math.PI, fire: true, boost: false, pulse: true, pressed: { fire: false, boost: true, pulse: true } };
  expect(inputOf(sample)).toEqual({ move_x: -127, move_y: 64, aim: 2048, buttons: 5, edges: 6 });
});

test("two ticks go in one message, each once", () => {
  const { sent, box } = outbox();
  for (let tick = 10; tick < 14; tick += 1) {
    box.add(tick, { ...NEUTRAL, aim: tick }, tick - 3, 100 + tick);
    box.post(tick - 3);
  }
  expect(sent.map(({ first_tick, entries }) => [first_tick, entries.map((entry) => entry.aim)])).toEqual([
    [10, [10, 11]],
    [12, [12, 13]],
  ]);
  expect(sent[1]!.applied).toBe(10);
  expect(sent.map(({ seen }) => seen)).toEqual([111, 113]);
});

test("where the server speaks every tick, so do we", () => {
  const { sent, box } = outbox(1);
  box.add(5, NEUTRAL, 0, 0);
  box.post(0);
  expect(sent).toHaveLength(1);
});

test("a gap begins a new message", () => {
  const { sent, box } = outbox();
  box.add(10, NEUTRAL, 0, 0);
  box.add(20, NEUTRAL, 0, 0);
  box.add(21, NEUTRAL, 0, 0);
  box.post(0);
  expect(sent.map(({ first_tick, entries }) => [first_tick, entries.length])).toEqual([
    [10, 1],
    [20, 2],
  ]);
});

test("no message is longer than the protocol allows", () => {
  const { sent, box } = outbox();
  for (let tick = 0; tick < 80; tick += 1) box.add(tick, NEUTRAL, 0, 0);
  box.post(0);
  expect(sent.map(({ entries }) => entries.length)).toEqual([32, 32, 16]);
});
