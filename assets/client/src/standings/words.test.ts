import { expect, test } from "vitest";

import { ago, change, count, date, ending, figuresIn, ordinal, share, title } from "./words";

test("places have the endings that people say", () => {
  const said = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1002].map(ordinal);
  expect(said).toEqual(["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "1,002nd"]);
});

test("a change says which way it goes", () => {
  expect([change(12), change(-1200), change(0)]).toEqual(["+12", "−1,200", "±0"]);
});

test("one is not many", () => {
  expect([count(0, "match", "matches"), count(1, "match", "matches"), count(2, "day")]).toEqual(["0 matches", "1 match", "2 days"]);
});

test("what is long ago has a date", () => {
  const now = 1_795_000_000;
  const said = [5, 90, 7200, 3600, 3 * 86_400].map((past) => ago(now - past, now));
  expect(said).toEqual(["just now", "1 min ago", "2 hours ago", "1 hour ago", "3 days ago"]);
  expect(ago(now - 30 * 86_400, now)).toBe(date(now - 30 * 86_400));
});

test("a season's end is told in days", () => {
  expect(ending(86_400 * 3 + 5, 0)).toBe("ends in 3 days");
  expect(ending(86_400 + 5, 0)).toBe("ends in 1 day");
  expect(ending(300, 0)).toBe("ends today");
  expect(ending(0, 86_400)).toMatch(/^ended on /u);
});

test("figures are the game's own", () => {
  expect(figuresIn({ kills: 3, own_goals: 1 })).toBe("kills 3 · own goals 1");
  expect(figuresIn({})).toBe("");
  expect([title("melee"), title("capture_the-flag"), share(1, 3), share(0, 0)]).toEqual(["Melee", "Capture the flag", "33 %", ""]);
});
