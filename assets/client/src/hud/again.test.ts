import { expect, test } from "vitest";

import { LastReplay, addressOf } from "./again";

const recorded = (replay: unknown) => ({ name: "recorded", body: { replay } });
const match = (phase: string) => ({ name: "match", body: { phase, ends_tick: 900, standings: [] } });

test("what is told on the podium is of the match that is over, until the next one begins", () => {
  const last = new LastReplay();
  last.event(match("play"));
  expect(last.id).toBe("");
  last.event(match("podium"));
  expect(last.id).toBe("");
  last.event(recorded("private-0a"));
  last.event({ name: "left", body: { id: 1 } });
  expect(last.id).toBe("private-0a");
  last.event(match("play"));
  expect(last.id).toBe("");
});

test("what is told while the next is played is of none that has a podium", () => {
  const last = new LastReplay();
  last.event(match("play"));
  last.event(recorded("late"));
  last.event(match("podium"));
  expect(last.id).toBe("");
});

test("a game that says nothing of matches is taken by its word", () => {
  const last = new LastReplay();
  last.event(recorded("one"));
  expect(last.id).toBe("one");
  last.enter();
  expect(last.id).toBe("");
});

test("what is no id is none", () => {
  const last = new LastReplay();
  for (const strange of [7, null, { id: "x" }, ["x"]]) last.event(recorded(strange));
  expect(last.id).toBe("");
});

test("an id is a part of the address and nothing more", () => {
  expect(addressOf("20261126T034512Z-pinball-melee")).toBe("replay?id=20261126T034512Z-pinball-melee");
  expect(addressOf("x&y=/../#z")).toBe("replay?id=x%26y%3D%2F..%2F%23z");
});
