import { expect, test } from "vitest";

import golden from "../../../tests/golden/netsim.json";
import { Chance, PERFECT, Pipe, Way, isPerfect } from "./netsim";

test("chance is the server's, from the same seed", () => {
  const chance = new Chance(golden.seed);
  expect(golden.words.map(() => chance.word())).toEqual(golden.words);
  const share = new Chance(golden.seed).share();
  expect(share).toBe(golden.words[0]! / 2 ** 32);
});

test("every message arrives at the very moment that Python says", () => {
  expect(golden.ways.some(({ conditions }) => conditions.stalls_per_s > 0 && conditions.jitter_ms > 0)).toBe(true);
  for (const { conditions, seed, began_ms, sent } of golden.ways) {
    const way = new Way(conditions, seed, began_ms);
    for (const [now_ms, size_bytes, arrival_ms] of sent) expect(way.arrival_ms(now_ms!, size_bytes!)).toBe(arrival_ms);
  }
});

test("a pipe gives each item once, in order, when it is due", () => {
  const pipe = new Pipe<string>(new Way({ ...PERFECT, rtt_ms: 100 }, 1, 0));
  expect(pipe.next_ms).toBe(Infinity);
  pipe.put("one", 1, 0);
  pipe.put("two", 1, 30);
  expect(pipe.next_ms).toBe(50);
  expect(pipe.take(49)).toEqual([]);
  expect(pipe.take(50)).toEqual(["one"]);
  expect(pipe.take(1000)).toEqual(["two"]);
  expect(pipe.next_ms).toBe(Infinity);
});

test("a change concerns only what is sent later, and that does not overtake", () => {
  const way = new Way({ ...PERFECT, rtt_ms: 1000 }, 1, 0);
  expect(way.arrival_ms(0, 1)).toBe(500);
  way.change({ ...PERFECT, rtt_ms: 20 }, 1);
  expect(way.arrival_ms(100, 1)).toBe(500);
  expect(way.arrival_ms(600, 1)).toBe(610);
});

test("a pipe is full at some point", () => {
  const pipe = new Pipe<number>(new Way(PERFECT, 1, 0));
  let count = 0;
  while (!pipe.full) pipe.put((count += 1), 1, 0);
  expect(count).toBe(4096);
  expect(pipe.take(0)).toHaveLength(4096);
  expect(pipe.full).toBe(false);
});

test("perfect is what changes nothing", () => {
  expect(isPerfect(PERFECT)).toBe(true);
  expect(isPerfect({ ...PERFECT, stall_ms: 500 })).toBe(true);
  for (const bad of [{ rtt_ms: 1 }, { jitter_ms: 1 }, { stalls_per_s: 1 }, { bandwidth_bytes_per_s: 1 }]) {
    expect(isPerfect({ ...PERFECT, ...bad })).toBe(false);
  }
});
