import { expect, test } from "vitest";

import type { Happening } from "./messages";
import { Roster } from "./roster";

const ada = { id: 1, name: "Ada", colour: 0, bot: false };
const bot = { id: 2, name: "Bo", colour: 5, bot: true };
const event = (name: string, body: Record<string, unknown>): Happening => ({ type: "event", tick: 1, name, body });

test("whoever is enrolled starts from nothing", () => {
  expect(new Roster([ada]).players.get(1)).toEqual({ ...ada, team: 0, score: 0, counts: [], ping_ms: 0 });
});

test("players come, score, are timed and go", () => {
  const roster = new Roster([ada]);
  roster.take(event("joined", bot));
  roster.take(event("scores", { scores: [[1, 10, 2, 3], [2, 5, 1, 0]] }));
  roster.take(event("pings", { pings: [[2, 48]] }));
  expect(roster.players.get(1)).toMatchObject({ score: 10, counts: [10, 2, 3] });
  expect(roster.players.get(2)).toMatchObject({ score: 5, ping_ms: 48, bot: true });
  roster.take(event("renamed", { id: 2, name: "Bea" }));
  expect(roster.players.get(2)).toMatchObject({ name: "Bea", score: 5 });
  roster.take(event("left", { id: 2 }));
  expect([...roster.players.keys()]).toEqual([1]);
});

test("teams score, and players change sides", () => {
  const roster = new Roster([{ ...ada, team: 1 }]);
  roster.take(event("team_scores", { scores: [2, 1] }));
  roster.take(event("teamed", { player: 1, team: 2 }));
  roster.take(event("teamed", { player: 9, team: 2 }));
  expect(roster.team_scores).toEqual([2, 1]);
  expect(roster.players.get(1)?.team).toBe(2);
});

test("strangers and unknown events are passed over", () => {
  const roster = new Roster([ada]);
  roster.take(event("scores", { scores: [[7, 1, 1, 1]] }));
  roster.take(event("fanfare", {}));
  expect([...roster.players.keys()]).toEqual([1]);
});

test("the match is what was said last", () => {
  const roster = new Roster([]);
  expect(roster.match).toBeNull();
  const match = { phase: "podium", ends_tick: 900, standings: [{ player: 1, score: 3 }] };
  roster.take(event("match", match));
  expect(roster.match).toEqual(match);
});

test("it is known when the server stops, once it has said so", () => {
  const roster = new Roster([]);
  expect(roster.stops_tick).toBeNull();
  roster.take(event("stopping", { ends_tick: 1200 }));
  expect(roster.stops_tick).toBe(1200);
});
