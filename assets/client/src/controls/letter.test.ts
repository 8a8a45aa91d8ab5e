import { expect, test } from "vitest";

import { letterOf } from "./letter";

test.each([
  ["z", "KeyZ", "KeyZ"],
  ["z", "KeyY", "KeyZ"], // German
  ["Z", "KeyW", "KeyZ"], // French, with Shift
  ["m", "Semicolon", "KeyM"],
  ["я", "KeyZ", "KeyZ"], // Russian: no key has a Latin letter
  ["Dead", "KeyB", "KeyB"],
  [",", "KeyM", ""], // French, where M is elsewhere
  ["[", "BracketLeft", "BracketLeft"],
  [" ", "Space", "Space"],
])("%s on %s is %s", (key, code, letter) => {
  expect(letterOf({ key, code })).toBe(letter);
});
