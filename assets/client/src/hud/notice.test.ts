import { expect, test } from "vitest";

import { Passing } from "./notice";

test("a sentence is there for a few seconds from when it is first seen", () => {
  const passing = new Passing();
  expect(passing.at(0)).toBe("");
  passing.say("Too many lines at once");
  expect(passing.at(60)).toBe("Too many lines at once");
  expect(passing.at(64.9)).toBe("Too many lines at once");
  expect(passing.at(65)).toBe("");
});

test("the newest takes the place of the one before, for its whole time", () => {
  const passing = new Passing();
  passing.say("first");
  expect(passing.at(10)).toBe("first");
  passing.say("second");
  expect(passing.at(14)).toBe("second");
  expect(passing.at(18.9)).toBe("second");
});

test("however long it is, it stays short", () => {
  const passing = new Passing();
  passing.say("x".repeat(16_000));
  expect(passing.at(0)).toHaveLength(140);
});
