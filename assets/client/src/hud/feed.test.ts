import { expect, test } from "vitest";

import type { PlayerInfo } from "@ricochet/sdk";
import { Feed } from "./feed";

const players = new Map<number, PlayerInfo>(
  ["Ada", "Grace"].map((name, index) => {
    const id = index + 1;
    return [id, { id, name, colour: 0, bot: false, score: 0, kills: 0, deaths: 0, ping_ms: 0 }];
  }),
);

function kill(killer: unknown, victim: unknown, bounces: unknown = 0) {
  return { name: "kill", body: { killer, victim, assists: [], bounces } };
}

test("a kill is told by name, with its bounces, and forgotten", () => {
  const feed = new Feed();
  feed.add(kill(1, 2, 3), players, 10);
  expect(feed.at(10)).toMatchObject([{ killer_name: "Ada", victim_name: "Grace", bounces: 3 }]);
  expect(feed.at(15.9)).toHaveLength(1);
  expect(feed.at(16)).toHaveLength(0);
});

test("nobody's kill, and one's own, are accidents", () => {
  const feed = new Feed();
  feed.add(kill(0, 2), players, 0);
  feed.add(kill(2, 2), players, 0);
  expect(feed.at(0).map((line) => line.killer_name)).toEqual(["", ""]);
});

test("only the last few stay, newest last", () => {
  const feed = new Feed();
  for (let bounces = 1; bounces <= 9; bounces += 1) feed.add(kill(1, 2, bounces), players, bounces / 10);
  expect(feed.at(1).map((line) => line.bounces)).toEqual([5, 6, 7, 8, 9]);
});

test("other events, unknown victims and nonsense are no lines", () => {
  const feed = new Feed();
  feed.add({ name: "chat", body: {} }, players, 0);
  feed.add(kill(1, 77), players, 0);
  feed.add(kill("x", { y: 1 }), players, 0);
  expect(feed.at(0)).toEqual([]);
});

test("lines keep their keys as others come and go", () => {
  const feed = new Feed();
  feed.add(kill(1, 2), players, 0);
  feed.add(kill(2, 1), players, 3);
  const [, second] = feed.at(3);
  expect(feed.at(7)).toEqual([second]);
});
