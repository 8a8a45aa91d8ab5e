import { expect, test } from "vitest";

import { shownWords, spokenWords } from "./curtain";

test("what is left is counted down", () => {
  expect([29.2, 29, 1.5, 0.1, 0].map(shownWords)).toEqual([
    "The picture starts in 30 s",
    "The picture starts in 29 s",
    "The picture starts in 2 s",
    "The picture starts in 1 s",
    "The picture starts in a moment",
  ]);
});

test("what is heard changes seldom", () => {
  const heard = Array.from({ length: 30 }, (_, second) => spokenWords(30 - second));
  expect([...new Set(heard)]).toEqual([30, 20, 10].map((seconds) => `The picture starts within ${seconds} seconds`));
  expect(spokenWords(0)).toBe("The picture starts in a moment");
});
