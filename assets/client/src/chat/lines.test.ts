import { expect, test } from "vitest";

import { colourOfName, Fading, FOLDED_LINE_S, FOLDED_LINES_MAX, stepped, tagOf } from "./lines";

test("a line is tagged with its channel where that isn't the one at hand", () => {
  expect(tagOf({ to: "room" }, "room")).toBe("");
  expect(tagOf({ to: "team" }, "room")).toBe("[team]");
  expect(tagOf({ to: "lobby" }, "room")).toBe("[lobby]");
  expect(tagOf({ to: "lobby" }, "lobby")).toBe("");
  expect(tagOf({ to: "notice" }, "room")).toBe("");
});

test("a name has one colour, whatever it is made of", () => {
  for (const name of ["", "Ann", "李", "🚀🚀", "<b>"]) {
    expect(colourOfName(name)).toMatch(/^#[0-9a-f]{6}$/u);
    expect(colourOfName(name)).toBe(colourOfName(name));
  }
  expect(new Set(["Ann", "Bob", "Eve", "Zoe"].map(colourOfName)).size).toBeGreaterThan(1);
});

test("channels go round", () => {
  const channels = ["room", "team", "lobby"] as const;
  expect(stepped(channels, "room", 1)).toBe("team");
  expect(stepped(channels, "lobby", 1)).toBe("room");
  expect(stepped(channels, "room", -1)).toBe("lobby");
  expect(stepped(["lobby"], "room", 1)).toBe("lobby");
  expect(stepped([], "room", 1)).toBe("room");
});

test("folded, the newest few lines are seen, each for a while", () => {
  const fading = new Fading();
  fading.advance(10);
  const gave_way = Array.from({ length: FOLDED_LINES_MAX + 2 }, () => fading.add());
  expect(gave_way).toEqual([...Array<number>(FOLDED_LINES_MAX).fill(0), 1, 1]);
  expect(fading.advance(15)).toBe(0);
  expect(fading.add()).toBe(1);
  expect(fading.advance(10 + FOLDED_LINE_S)).toBe(FOLDED_LINES_MAX - 1);
  expect(fading.advance(15 + FOLDED_LINE_S)).toBe(1);
  expect(fading.advance(1000)).toBe(0);
});

test("what was there before is seen no more", () => {
  const fading = new Fading();
  fading.add();
  fading.clear();
  expect(fading.advance(0)).toBe(0);
});
