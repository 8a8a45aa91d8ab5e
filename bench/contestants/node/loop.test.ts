import assert from "node:assert/strict";
import { test } from "node:test";

import { Lateness, keepTime } from "./loop.ts";

test("percentiles are of what was recorded since the window began", () => {
  const lateness = new Lateness();
  for (let ms = 0; ms < 50; ms++) lateness.record(1000);
  lateness.forget();
  for (let ms = 100; ms >= 0; ms--) lateness.record(ms);
  assert.deepEqual(lateness.report(), { lateness_ms_p50: 50, lateness_ms_p99: 99, ticks: 101 });
});

test("early is not late", () => {
  const lateness = new Lateness();
  lateness.record(-0.4);
  assert.equal(lateness.report().lateness_ms_p99, 0);
});

test("with nothing recorded there is still a report", () => {
  assert.deepEqual(new Lateness().report(), { lateness_ms_p50: 0, lateness_ms_p99: 0, ticks: 0 });
});

test("after half an hour the oldest are forgotten", () => {
  const lateness = new Lateness();
  for (let n = 0; n < 65_536; n++) lateness.record(0);
  for (let n = 0; n < 65_536; n++) lateness.record(7);
  assert.deepEqual(lateness.report(), { lateness_ms_p50: 7, lateness_ms_p99: 7, ticks: 131_072 });
});

/** A clock of our own, and timers that move it: `node:test`'s don't reach `performance.now`. */
function underAClock(t: { mock: { method: typeof import("node:test").mock.method } }) {
  const clock = { now_ms: 0, due: [] as { at_ms: number; run: () => void }[] };
  const later = (run: () => void, ms = 0) => void clock.due.push({ at_ms: clock.now_ms + Math.trunc(ms), run });
  t.mock.method(performance, "now", () => clock.now_ms);
  t.mock.method(globalThis, "setTimeout", later as unknown as typeof setTimeout);
  t.mock.method(globalThis, "setImmediate", ((run: () => void) => later(run)) as unknown as typeof setImmediate);
  const step = () => {
    const { at_ms, run } = clock.due.shift()!;
    clock.now_ms = Math.max(clock.now_ms, at_ms);
    run();
  };
  return { clock, step };
}

test("ticks keep to their deadlines however long each takes", (t) => {
  const { clock, step } = underAClock(t);
  const began_ms: number[] = [];
  const work = (tick: number) => {
    began_ms[tick] = clock.now_ms;
    clock.now_ms += tick % 20;
  };
  keepTime(30, work, new Lateness());
  while (began_ms.length <= 900) step();
  assert.ok(Math.abs(began_ms[900]! - 30_000) <= 1, `tick 900 began at ${began_ms[900]} ms`);
});

test("after a stall of up to five ticks none is lost, after a longer one the deadlines move", (t) => {
  const ticksIn10s = (stall_ms: number) => {
    const { clock, step } = underAClock(t);
    let ticks = 0;
    keepTime(30, (tick) => {
      ticks = tick;
      if (tick === 10) clock.now_ms += stall_ms;
    }, new Lateness());
    while (clock.now_ms < 10_000) step();
    t.mock.restoreAll();
    return ticks;
  };
  assert.equal(ticksIn10s(150), 300);
  assert.ok(ticksIn10s(1000) < 275);
});
