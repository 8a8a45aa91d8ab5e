import { expect, test } from "vitest";

import { BODIES_MAX } from "./prediction";
import { BACK_MS, LATE_MS, Thrift } from "./thrift";

test("a late tick halves the bodies, down to none", () => {
  const thrift = new Thrift();
  const seen = [1, 2, 3, 4, 5].map((time) => {
    thrift.note(LATE_MS + 1, time * 100);
    return thrift.bodies_max;
  });
  expect(seen).toEqual([4, 2, 1, 0, 0]);
});

test("a second on time gives one back, up to the most there can be", () => {
  const thrift = new Thrift();
  for (let time = 0; time < 4; time += 1) thrift.note(100, time);
  for (let ms = 16; ms < 3 * BACK_MS; ms += 16) thrift.note(5, ms);
  expect(thrift.bodies_max).toBe(2);
  for (let ms = 3 * BACK_MS; ms < 30 * BACK_MS; ms += 16) thrift.note(LATE_MS, ms);
  expect(thrift.bodies_max).toBe(BODIES_MAX);
});
