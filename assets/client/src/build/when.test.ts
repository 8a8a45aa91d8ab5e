import { expect, test } from "vitest";

import { when } from "./when";

test("what is not long ago is said to be so, and of all else the day", () => {
  const said = [10, 125, 3599, 3700, 7300, 86_399].map((ago_s) => when(1e9 - ago_s, 1e9));
  expect(said).toEqual(["just now", "2 minutes ago", "59 minutes ago", "an hour ago", "2 hours ago", "23 hours ago"]);
  expect(when(1e9 - 86_401, 1e9)).toMatch(/2001/u);
});
