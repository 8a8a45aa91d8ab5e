import { expect, test } from "vitest";

import { firstWish } from "./first_wish";

const enter = (room: string | null) => ({ type: "enter", room, role: "player", game: null });

test("a bare address opens on the lobby", () => {
  expect(firstWish({ room: null, autojoin: false }, null)).toBeNull();
});

test("a link leads straight in", () => {
  expect(firstWish({ room: "pit", autojoin: false }, null)).toEqual(enter("pit"));
  expect(firstWish({ room: "pit", autojoin: true }, "other")).toEqual(enter("pit"));
});

test("who asks to play at once is given the best room", () => {
  expect(firstWish({ room: null, autojoin: true }, null)).toEqual(enter(null));
});

test("a reload comes back to its seat", () => {
  expect(firstWish({ room: null, autojoin: true }, "pit")).toBeNull();
  expect(firstWish({ room: "pit", autojoin: false }, "pit")).toBeNull();
});
