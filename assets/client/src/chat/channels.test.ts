import { expect, test } from "vitest";

import { channelsOf } from "./channels";

const ann = { id: 1, name: "Ann", colour: 0, bot: false };

test("a player writes to the room, to a team if there is one, and to the lobby", () => {
  expect(channelsOf({ player: 1, players: [ann] })).toEqual(["room", "lobby"]);
  expect(channelsOf({ player: 1, players: [{ ...ann, team: 2 }] })).toEqual(["room", "team", "lobby"]);
});

test("who watches writes to the lobby", () => {
  expect(channelsOf({ player: 0, players: [ann] })).toEqual(["lobby"]);
});
