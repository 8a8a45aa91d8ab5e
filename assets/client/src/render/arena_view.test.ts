import type { Arena } from "@ricochet/sdk";
import type { Graphics } from "pixi.js";
import { expect, test } from "vitest";

import { NOTHING } from "@ricochet/sdk";
import belt from "../../../maps/belt.json";
import { drawArena, eraseArena } from "./arena_view";

test("an arena that is drawn no more keeps nothing of its lines", () => {
  const drawn = drawArena(belt as unknown as Arena, NOTHING);
  const contexts = drawn.children.map((child) => (child as Graphics).context);
  expect(contexts.every(({ destroyed }) => !destroyed)).toBe(true);
  eraseArena(drawn);
  expect(contexts.every(({ destroyed }) => destroyed)).toBe(true);
});
