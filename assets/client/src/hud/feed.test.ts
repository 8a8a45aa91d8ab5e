import { expect, test } from "vitest";

import { type Description, type GameEvent, NOTHING, type PlayerInfo } from "@ricochet/sdk";
import { Feed, shoutFor, textFor } from "./feed";

const players = new Map<number, PlayerInfo>(
  ["Ada", "Grace"].map((name, index) => {
    const id = index + 1;
    return [id, { id, name, colour: 0, bot: false, team: 0, score: 0, counts: [], ping_ms: 0 }];
  }),
);
const melee: Description = {
  ...NOTHING,
  news: [
    { event: "kill", text: "{killer} ricochet ×{bounces:number} {victim}", shout: "Ricochet ×{bounces:number}", to: "killer" },
    { event: "kill", text: "{killer} ▸ {victim}", shout: "Destroyed {victim}", to: "killer" },
    { event: "kill", text: "{victim} crashed", shout: "", to: "" },
    { event: "kill", text: "", shout: "by {killer}", to: "victim" },
    { event: "whistle", text: "", shout: "Half-time", to: "" },
  ],
};

function kill(killer: unknown, victim: unknown, bounces: unknown = 0) {
  return { name: "kill", body: { killer, victim, assists: [], bounces } };
}

function read(feed: Feed, time_s: number): string[] {
  return feed.at(time_s).map(({ pieces }) => pieces.map(({ text }) => text).join(""));
}

test("an event is told in the first words that fit it, and forgotten", () => {
  const feed = new Feed();
  feed.add(kill(1, 2, 3), melee, players, 10);
  feed.add(kill(1, 2), melee, players, 10);
  feed.add(kill(0, 2), melee, players, 10);
  expect(read(feed, 10)).toEqual(["Ada ricochet ×3 Grace", "Ada ▸ Grace", "Grace crashed"]);
  expect(feed.at(15.9)).toHaveLength(3);
  expect(feed.at(16)).toHaveLength(0);
});

test("only the last few stay, newest last", () => {
  const feed = new Feed();
  for (let bounces = 1; bounces <= 9; bounces += 1) feed.add(kill(1, 2, bounces), melee, players, bounces / 10);
  expect(read(feed, 1).map((line) => line.match(/\d/u)![0])).toEqual(["5", "6", "7", "8", "9"]);
});

test("in another room nothing is left of it, and keys are not given twice", () => {
  const feed = new Feed();
  feed.add(kill(1, 2), melee, players, 0);
  const [former] = feed.at(0);
  feed.clear();
  expect(feed.at(0)).toEqual([]);
  feed.add(kill(2, 1), melee, players, 1);
  expect(feed.at(1)[0]!.key).not.toBe(former!.key);
});

test("what the game has no words for is no line, nor is nonsense", () => {
  const feed = new Feed();
  feed.add({ name: "chat", body: {} }, melee, players, 0);
  feed.add(kill(1, 77), melee, players, 0);
  feed.add(kill("x", { y: 1 }), melee, players, 0);
  feed.add(kill(1, 2), NOTHING, players, 0);
  expect(feed.at(0)).toEqual([]);
});

test("lines keep their keys as others come and go", () => {
  const feed = new Feed();
  feed.add(kill(1, 2), melee, players, 0);
  feed.add(kill(2, 1), melee, players, 3);
  const [, second] = feed.at(3);
  expect(feed.at(7)).toEqual([second]);
});

test("each is shouted at about what concerns them", () => {
  const shout = (event: ReturnType<typeof kill>, me_id: number) => shoutFor(event, melee, players, me_id).map(({ text }) => text).join("");
  expect(shout(kill(1, 2), 1)).toBe("Destroyed Grace");
  expect(shout(kill(1, 2, 2), 1)).toBe("Ricochet ×2");
  expect(shout(kill(1, 2, 2), 2)).toBe("by Ada");
  expect(shout(kill(1, 2), 3)).toBe("");
  expect(shoutFor({ name: "whistle", body: {} }, melee, players, 3)).toHaveLength(1);
});

test("what is said of an event can be asked for without a feed", () => {
  const said = (event: GameEvent) => textFor(event, melee, players)?.map(({ text }) => text).join("") ?? null;
  expect(said(kill(1, 2, 2))).toBe("Ada ricochet ×2 Grace");
  expect(said(kill(0, 2))).toBe("Grace crashed");
  expect(said({ name: "whistle", body: {} })).toBeNull();
});
