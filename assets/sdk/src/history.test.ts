import { expect, test } from "vitest";

import golden from "../../../tests/golden/snapshots.json";
import { jsonCodec } from "./codec";
import { HISTORY_BYTES_MAX, HISTORY_EVENTS_MAX, HISTORY_S, History } from "./history";
import type { Kind } from "./kinds";
import type { Happening } from "./messages";
import type { Published } from "./reckoning";
import type { Snapshot } from "./snapshot";
import { View } from "./view";

const RATE = 60;
const kinds = golden.kinds as Kind[];

function entity(id: number, tick: number): Published {
  return { id, kind: 0, variant: 0, owner: id, status: 15, tick, x: tick, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0 };
}

function busy(count: number, tick: number): Map<number, Published> {
  return new Map(Array.from({ length: count }, (_, id) => [id, entity(id, tick)]));
}

function pulse(tick: number): Happening {
  return { type: "event", name: "pulse", tick, body: { player: 1 } };
}

test("what was believed at each snapshot is kept as it was, though what is believed goes on", () => {
  const history = new History(kinds, golden.tick_rate);
  const view = new View(kinds, golden.tick_rate);
  const believed = golden.snapshots.map(({ json }) => {
    const snapshot = jsonCodec.decode(JSON.stringify(json)) as Snapshot;
    view.apply(snapshot);
    history.heard(snapshot.tick, view.entities);
    return { tick: snapshot.tick, entities: structuredClone(view.entities) };
  });
  expect(believed.length).toBeGreaterThan(20);
  expect(history.stills).toEqual(believed);
});

test("it goes back so many seconds, and no further", () => {
  const history = new History(kinds, RATE);
  for (let tick = 0; tick <= 3000; tick += 2) {
    history.heard(tick, busy(3, tick));
    if (tick % 60 === 0) history.happened(pulse(tick));
  }
  expect([history.stills[0]!.tick, history.stills.at(-1)!.tick]).toEqual([3000 - HISTORY_S * RATE, 3000]);
  expect(history.events.map(({ tick }) => tick)).toEqual([2640, 2700, 2760, 2820, 2880, 2940, 3000]);
});

test("in a crowd it goes back less far: it takes no more memory than it may", () => {
  const history = new History(kinds, RATE);
  const bytes = [];
  for (let tick = 0; tick <= 360; tick += 2) {
    history.heard(tick, busy(1000, tick));
    bytes.push(history.bytes);
  }
  expect(Math.max(...bytes)).toBeLessThanOrEqual(HISTORY_BYTES_MAX);
  expect(bytes.at(-1)).toBeGreaterThan(0.9 * HISTORY_BYTES_MAX);
  expect(history.stills.length).toBeLessThan(60);
  expect(history.stills.at(-1)!.tick).toBe(360);
});

test("what rests is kept once, and takes little", () => {
  const [resting, moving] = [new History(kinds, RATE), new History(kinds, RATE)];
  const still = busy(100, 0);
  for (let tick = 0; tick < 100; tick += 2) {
    resting.heard(tick, still);
    moving.heard(tick, busy(100, tick));
  }
  expect(resting.stills.at(-1)!.entities.get(7)).toBe(resting.stills[0]!.entities.get(7));
  expect(resting.bytes).toBeLessThan(0.3 * moving.bytes);
});

test("of events those are kept that draw something, and only so many", () => {
  const history = new History(kinds, RATE);
  history.heard(0, busy(1, 0));
  history.happened({ ...pulse(1), name: "scores" });
  for (let count = 0; count < 2 * HISTORY_EVENTS_MAX; count += 1) history.happened(pulse(count));
  expect(history.events).toHaveLength(HISTORY_EVENTS_MAX);
  expect(history.events[0]!.tick).toBe(HISTORY_EVENTS_MAX);
});

test("a clip goes on for a moment with what is told after it, and an earlier life is none of the next clip", () => {
  const history = new History(kinds, RATE);
  const tell = (from: number, to: number) => {
    for (let tick = from; tick <= to; tick += 2) history.heard(tick, busy(2, tick));
  };
  const ending = { slain: { victim: 1, killer: 2 }, event: pulse(0), players: new Map() };
  tell(0, 300);
  const first = history.clip({ ...ending, tick: 300 });
  expect([first.first_tick, first.last_tick, first.until_tick]).toEqual([60, 300, 330]);
  tell(302, 420);
  expect(first.last_tick).toBe(330);
  const second = history.clip({ ...ending, tick: 420 });
  expect(second.first_tick).toBe(330);
});
