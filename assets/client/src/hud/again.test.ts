import { expect, test } from "vitest";

import { LastReplay, addressOf } from "./again";

const SERVER = "ws://there:8000/play";
const recorded = (replay: unknown) => ({ name: "recorded", body: { replay } });
const match = (phase: string) => ({ name: "match", body: { phase, ends_tick: 900, standings: [] } });

test("what is told on the podium is of the match that is over, until the next one begins", () => {
  const last = new LastReplay();
  last.enter(SERVER);
  last.event(match("play"));
  expect(last.address).toBe("");
  last.event(match("podium"));
  expect(last.address).toBe("");
  last.event(recorded("private-0a"));
  last.event({ name: "left", body: { id: 1 } });
  expect(last.address).toBe("http://there:8000/replay?id=private-0a");
  last.event(match("play"));
  expect(last.address).toBe("");
});

test("what is told while the next is played is of none that has a podium", () => {
  const last = new LastReplay();
  last.enter(SERVER);
  last.event(match("play"));
  last.event(recorded("late"));
  last.event(match("podium"));
  expect(last.address).toBe("");
});

test("a game that says nothing of matches is taken by its word", () => {
  const last = new LastReplay();
  last.enter(SERVER);
  last.event(recorded("one"));
  expect(last.address).toBe("http://there:8000/replay?id=one");
  last.enter(SERVER);
  expect(last.address).toBe("");
});

test("what is no id is none", () => {
  const last = new LastReplay();
  last.enter(SERVER);
  for (const strange of [7, null, { id: "x" }, ["x"]]) last.event(recorded(strange));
  expect(last.address).toBe("");
});

test("it is played by whoever has recorded it, and an id is a part of the address and nothing more", () => {
  expect(addressOf("x-1", "wss://two.example/play")).toBe("https://two.example/replay?id=x-1");
  expect(addressOf("x-1", "wss://example/games/play")).toBe("https://example/games/replay?id=x-1");
  expect(addressOf("x&y=/../#z", "ws://there:8000/play")).toBe("http://there:8000/replay?id=x%26y%3D%2F..%2F%23z");
  expect(addressOf("", "ws://there:8000/play")).toBe("");
});
