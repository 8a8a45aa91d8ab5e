import { expect, test } from "vitest";

import { isNews } from "./news";

const now = { tick: 6000.4, tick_rate: 60 };

test("what the picture has just come to is news, and so is what is foreseen", () => {
  expect(isNews({ tick: 6000 }, now)).toBe(true);
  expect(isNews({ tick: 5940 }, now)).toBe(true);
  expect(isNews({}, now)).toBe(true);
});

test("what happened while the page was hidden is none", () => {
  expect(isNews({ tick: 5800 }, now)).toBe(false);
  expect(isNews({ tick: 1 }, now)).toBe(false);
});
