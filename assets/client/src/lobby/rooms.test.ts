import { expect, test } from "vitest";

import type { RoomInfo } from "@ricochet/sdk";
import { arranged, company, count, hasFewPlaces, likelyGame, peopleIn, playedThere, teamsOf, titleOf } from "./rooms";

function room(name: string, news: Partial<RoomInfo> = {}): RoomInfo {
  return { name, title: name, game: "melee", arena: "pinball", players: 0, bots: 0, spectators: 0, players_max: 16, ...news };
}

const GAMES = [
  { name: "melee", title: "Melee", arenas: ["pinball", "belt"], teams: 0 },
  { name: "ball", title: "Ball", arenas: ["court"], teams: 2 },
];

test("rooms with people come first, then those with bots, and full ones last", () => {
  const rooms = [
    room("empty"), room("full", { players: 16 }), room("bots", { players: 8, bots: 8 }),
    room("two", { players: 2 }), room("three", { players: 9, bots: 6 }), room("also empty"),
  ];
  expect(arranged(rooms, null).map(({ name }) => name)).toEqual(["three", "two", "bots", "also empty", "empty", "full"]);
});

test("only rooms of the game that was asked for are shown", () => {
  const rooms = [room("a"), room("b", { game: "ball" })];
  expect(arranged(rooms, "ball").map(({ name }) => name)).toEqual(["b"]);
  expect(arranged(rooms, "chess")).toEqual([]);
});

test("bots are players, but no people", () => {
  expect(peopleIn(room("a", { players: 9, bots: 6 }))).toBe(3);
  expect(peopleIn(room("a", { players: 1, bots: 2 }))).toBe(0);
});

test("who isn't there isn't named", () => {
  expect(company(room("a"))).toBe("Nobody yet");
  expect(company(room("a", { players: 1 }))).toBe("1 person");
  expect(company(room("a", { players: 9, bots: 8, spectators: 2 }))).toBe("1 person, 8 bots, 2 watching");
});

test("a room says what is played there, and whether in teams", () => {
  expect(playedThere(room("a"), GAMES)).toBe("Melee in Pinball");
  expect(playedThere(room("a", { game: "ball", arena: "court" }), GAMES)).toBe("Ball in Court, two teams");
  expect(playedThere(room("a", { game: "tag" }), GAMES)).toBe("Tag in Pinball");
  expect(teamsOf({ ...GAMES[1]!, teams: 7 })).toBe("7 teams");
});

test("the count is a sentence for one as for many", () => {
  expect(count(1, 1, 0)).toBe("Only you so far · 1 room");
  expect(count(23, 3, 12.4)).toBe("23 people · 3 rooms · 12 ms");
  expect(count(2, 0, 0.2)).toBe("2 people · 0 rooms · 1 ms");
});

test("a room is called as whoever opened it called it, else by its name", () => {
  expect(titleOf(room("pinball"))).toBe("Pinball");
  expect(titleOf({ name: "pinball", title: "" })).toBe("Pinball");
  expect(titleOf(room("melee-x", { title: "our room" }))).toBe("our room");
});

test("places are counted where they may run out", () => {
  expect([16, 1500].map((players_max) => hasFewPlaces(room("a", { players_max })))).toEqual([true, false]);
});

test("whoever presses Play will be in the game they chose, else in the one that most people play", () => {
  const rooms = [room("bots", { players: 8, bots: 8 }), room("people", { game: "ball", players: 2 })];
  const likely = (there: RoomInfo[], chosen: string | null) => likelyGame(there, GAMES, chosen)?.name;
  expect(likely(rooms, null)).toBe("ball");
  expect(likely(rooms, "melee")).toBe("melee");
  expect(likely([], null), "none is open").toBe("melee");
  expect(likely([room("far", { game: "chess" })], null), "one that isn't offered here").toBe("melee");
  expect(likelyGame([], [], null)).toBeUndefined();
});
