import { expect, test } from "vitest";

import golden from "../../../tests/golden/changes.json";
import type { Kind } from "./kinds";
import { changed, recordsFromFlat } from "./snapshot";

const kinds = golden.kinds as Kind[];

test("each changed record leads to what the server published", () => {
  for (const { believed, tick, change, now } of golden.cases) {
    expect(changed(believed, change, kinds[believed.kind]!, tick, golden.tick_rate)).toEqual(now);
  }
});

test("a changed record leaves what was believed as it was", () => {
  const { believed, tick, change } = golden.cases[0]!;
  const before = { ...believed };
  changed(believed, change, kinds[believed.kind]!, tick, golden.tick_rate);
  expect(believed).toEqual(before);
});

test("records carry their age", () => {
  const [record] = recordsFromFlat([9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], 1000);
  expect(record).toMatchObject({ id: 9, tick: 995, move_y: 13 });
  expect(() => recordsFromFlat([1, 2, 3], 0)).toThrow(RangeError);
});
