import { expect, test } from "vitest";

import { BODIES_MAX } from "./prediction";
import { BACK_MS, IN_A_ROW, SPENT_MS_MAX, Thrift } from "./thrift";

function tooLong(thrift: Thrift, now_ms: number): number {
  for (let time = 0; time < IN_A_ROW; time += 1) thrift.note(2 * SPENT_MS_MAX, now_ms);
  return thrift.bodies_max;
}

test("too long too often halves the bodies, down to none", () => {
  const thrift = new Thrift();
  expect([1, 2, 3, 4, 5].map((time) => tooLong(thrift, time * 100))).toEqual([4, 2, 1, 0, 0]);
});

test("now and then is not too long", () => {
  const thrift = new Thrift();
  for (let snapshot = 0; snapshot < 300; snapshot += 1) {
    thrift.note(snapshot % IN_A_ROW === 0 ? SPENT_MS_MAX : 2 * SPENT_MS_MAX, snapshot * 33);
  }
  expect(thrift.bodies_max).toBe(BODIES_MAX);
});

test("a second without gives one back, up to the most there can be", () => {
  const thrift = new Thrift();
  for (let time = 0; time < 4; time += 1) tooLong(thrift, time);
  for (let ms = 33; ms < 3 * BACK_MS; ms += 33) thrift.note(5, ms);
  expect(thrift.bodies_max).toBe(2);
  for (let ms = 3 * BACK_MS; ms < 30 * BACK_MS; ms += 33) thrift.note(SPENT_MS_MAX, ms);
  expect(thrift.bodies_max).toBe(BODIES_MAX);
});
