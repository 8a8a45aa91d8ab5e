import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Delayed } from "./delayed";
import { PERFECT } from "./netsim";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function delayed(conditions: object): { way: Delayed; done: number[]; pass: (count: number) => void } {
  const way = new Delayed({ ...PERFECT, ...conditions }, 1, performance.now());
  const done: number[] = [];
  let passed = 0;
  const pass = (count: number) => {
    for (const last = passed + count; passed < last; ) {
      const number = (passed += 1);
      way.pass(10, () => done.push(number));
    }
  };
  return { way, done, pass };
}

test("what passes is done when it arrives, by one timer at a time", () => {
  const { done, pass } = delayed({ rtt_ms: 100 });
  pass(2);
  vi.advanceTimersByTime(20);
  pass(1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(29);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual([1, 2]);
  vi.advanceTimersByTime(20);
  expect(done).toEqual([1, 2, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

test("with jitter and stalls all is done, in order", () => {
  const { done, pass } = delayed({ jitter_ms: 80, stalls_per_s: 2, stall_ms: 200 });
  for (let at = 0; at < 300; at += 1) {
    pass(1);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
});

test("a hidden tab's timers sleep, and what is due is done with the next message", () => {
  const { done, pass } = delayed({ rtt_ms: 100 });
  pass(1);
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 5000);
  pass(1);
  expect(done).toEqual([1]);
  vi.restoreAllMocks();
});

test("a full way lets everything go, so that what is held is bounded", () => {
  const { done, pass } = delayed({ rtt_ms: 1000 });
  pass(4095);
  expect(done).toHaveLength(0);
  pass(1);
  expect(done).toHaveLength(4096);
});

test("flushed, all is done at once; dropped, nothing is", () => {
  const { way, done, pass } = delayed({ rtt_ms: 1000 });
  pass(3);
  way.flush();
  expect(done).toEqual([1, 2, 3]);
  pass(3);
  way.drop();
  vi.advanceTimersByTime(2000);
  expect(done).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});
