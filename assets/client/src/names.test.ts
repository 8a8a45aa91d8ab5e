import { expect, test } from "vitest";

import { NAME_LENGTH_MAX, cleanName } from "./names";

test("spaces are trimmed and joined", () => {
  expect(cleanName("  Ada \t Lovelace ")).toBe("Ada Lovelace");
});

test("control and invisible characters go", () => {
  expect(cleanName("A\u0007d\u200ba\u202e")).toBe("Ada");
  expect(cleanName("\u0000\n")).toBe("");
});

test("a long name is cut between characters, not inside one", () => {
  const rockets = "🚀".repeat(30);
  expect([...cleanName(rockets)]).toHaveLength(NAME_LENGTH_MAX);
  expect(cleanName(rockets)).toBe("🚀".repeat(NAME_LENGTH_MAX));
});

test("cutting never leaves a space at the end", () => {
  expect(cleanName("a".repeat(19) + " b")).toBe("a".repeat(19));
});
