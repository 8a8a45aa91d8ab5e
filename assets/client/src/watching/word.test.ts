import { expect, test } from "vitest";

import { Word } from "./word";

test("the first word is said, and another only for somebody else", () => {
  const word = new Word();
  expect(word.isDue({ followed: 3, x: 0, y: 0 }, 0)).toBe(true);
  expect(word.isDue({ followed: 3, x: 900, y: 0 }, 5)).toBe(false);
  expect(word.isDue({ followed: 4, x: 900, y: 0 }, 6)).toBe(true);
});

test("who roams says so when it is far, and not all the time", () => {
  const word = new Word();
  word.isDue({ followed: 0, x: 0, y: 0 }, 0);
  expect(word.isDue({ followed: 0, x: 20, y: 0 }, 1)).toBe(false);
  expect(word.isDue({ followed: 0, x: 200, y: 0 }, 1)).toBe(true);
  expect(word.isDue({ followed: 0, x: 400, y: 0 }, 1.1)).toBe(false);
  expect(word.isDue({ followed: 0, x: 400, y: 0 }, 1.3)).toBe(true);
});
