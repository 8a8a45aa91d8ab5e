import { expect, test } from "vitest";

import type { Client, LobbyNews } from "@ricochet/sdk";
import { Duel } from "@ricochet/sdk/duel";
import { probe } from "./probe";

const connection = { state: "playing", room: "pit", traffic: { sent_bytes: 12 }, drop: () => undefined };
const lobby = { rooms: [{ name: "pit" }, { name: "belt" }], people: 3 } as LobbyNews;

function clientOf(stay: Partial<Client>): Client {
  return { connection, play: null, lobby: null, welcome: null, ...stay } as unknown as Client;
}

const gauges = { push: () => undefined, counters: () => ({ rtt_ms: 20 }) };

test("before the welcome there is nothing to tell but the connection", () => {
  const { state, player, own, scores, counters } = probe(clientOf({}), gauges);
  expect({ state, player, own, scores }).toEqual({ state: "playing", player: 0, own: null, scores: {} });
  expect(counters).toEqual({ rtt_ms: 20, sent_bytes: 12, lead_snaps: 0 });
});

test("it tells how the stay goes, each time it is asked", () => {
  const duel = new Duel();
  const told = probe(clientOf({ play: duel.play, welcome: duel.play.welcome }), gauges);
  duel.run(60);
  const { own, ack } = told;
  expect(own!.x).toBe(duel.play.prediction.state!.x);
  expect(told.kills).toEqual({ 1: 0, 2: 0 });
  expect(told.hud).toEqual({ hull: 80, respawn_until: 1500 });
  duel.run(10);
  expect(told.ack).toBe(ack + 10);
  expect(told.own!.x).toBeGreaterThan(own!.x);
  expect(told.drawn).toMatchObject({ y: 600, at_ms: duel.now_ms });
  expect(told.counts).toMatchObject({ shots_matched: 0, shots_unforeseen: 0, shots_dropped: 0 });
});

test("what it is told to forget is counted anew, shots among it", () => {
  const duel = new Duel();
  const told = probe(clientOf({ play: duel.play, welcome: duel.play.welcome }), gauges);
  duel.controls = { ...duel.controls, fire: true };
  duel.run(90);
  expect(told.counts["shots_dropped"]).toBeGreaterThan(0);
  told.forget();
  expect(told.counts).toMatchObject({ shots_matched: 0, shots_unforeseen: 0, shots_dropped: 0, timed: 0 });
});

test("it tells where one is, and what else there is", () => {
  const { room, role, rooms, people } = probe(clientOf({ lobby }), gauges);
  expect({ room, role, rooms, people }).toEqual({ room: "pit", role: null, rooms: ["pit", "belt"], people: 3 });
});
