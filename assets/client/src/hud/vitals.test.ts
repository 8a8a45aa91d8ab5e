import { expect, test } from "vitest";

import type { HudLine } from "@ricochet/sdk";
import { linesAt, valueOf, wordsOf } from "./vitals";

function line(changes: Partial<HudLine>): HudLine {
  return { name: "hull", label: "Hull", style: "number", max: 0, texts: [], hue: "white", hides: false, where: "ship", ...changes };
}

test("a tick is told by what is left until then", () => {
  const scene = { hud: { hull: 40, boost_ticks: 90 } };
  expect(valueOf(line({}), scene)).toBe(40);
  expect(valueOf(line({ name: "boost_until" }), scene)).toBe(90);
  expect(valueOf(line({ name: "armour" }), scene)).toBe(0);
});

test("each style has its own words", () => {
  expect(wordsOf(line({}), 0, 60)).toBe("0");
  expect(wordsOf(line({ hides: true }), 0, 60)).toBe("");
  expect(wordsOf(line({ style: "bar" }), 7, 60)).toBe("7");
  expect(wordsOf(line({ style: "time" }), 90, 60)).toBe("1.5 s");
  expect(wordsOf(line({ style: "time" }), 0, 60)).toBe("");
  expect(wordsOf(line({ style: "ready" }), 0, 60)).toBe("ready");
  expect(wordsOf(line({ style: "ready" }), 30, 60)).toBe("0.5 s");
  expect(wordsOf(line({ style: "text", texts: ["", "You are it"] }), 1, 60)).toBe("You are it");
  expect(wordsOf(line({ style: "text", texts: ["", "You are it"] }), 9, 60)).toBe("");
  expect(wordsOf(line({ style: "arrow" }), 5, 60)).toBe("");
});

test("every line is written in one place, and an arrow in none", () => {
  const hud = [line({}), line({ name: "lap", where: "top" }), line({ name: "kickoff_until", where: "middle" }), line({ name: "ball", style: "arrow" })];
  const named = (where: HudLine["where"]) => linesAt({ hud }, where).map(({ name }) => name);
  expect([named("ship"), named("top"), named("middle")]).toEqual([["hull"], ["lap"], ["kickoff_until"]]);
});
