import { expect, test } from "vitest";

import { Recording } from "./file";
import { goldenReplay } from "./golden";
import { marksOf } from "./marks";

test("a mark says who got whom", () => {
  const [mark] = marksOf(new Recording(goldenReplay()));
  expect(mark!.body).toMatchObject({ killer: expect.any(Number), victim: expect.any(Number) });
  expect(mark!.tick).toBeGreaterThan(2);
});
