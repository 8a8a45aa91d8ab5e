import { expect, test } from "vitest";

import type { Control } from "@ricochet/sdk";
import { keysOf, touchesOf } from "./hint";

const BALL: readonly Control[] = [
  { button: "move", does: "fly" }, { button: "aim", does: "aim" }, { button: "fire", does: "shoot" }, { button: "boost", does: "kick" },
];

test("what a game has no use for is not explained", () => {
  expect(keysOf(BALL)).toEqual([["WASD", "fly"], ["Mouse", "aim"], ["Click", "shoot"], ["Shift", "kick"], ["Tab", "scores"]]);
  expect(keysOf([], [{ event: "tagged", victim: "player", killer: "by" }])).toEqual([["Tab", "scores"], ["K", "killcam"]]);
  expect(touchesOf(BALL)).toEqual([["Left thumb", "fly"], ["Right thumb", "aim and shoot"], ["Buttons", "kick"]]);
  expect(touchesOf(BALL.slice(0, 1))).toEqual([["Left thumb", "fly"]]);
});
