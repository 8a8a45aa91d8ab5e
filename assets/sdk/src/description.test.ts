import { expect, test } from "vitest";

import { NOTHING, slainIn, worded } from "./description";

const NAMES = new Map([[1, "Ada"], [2, "Grace"]]);
const TEAMS = [{ name: "Sky", hue: "sky" }, { name: "Ember", hue: "vermilion" }];

function said(template: string, body: Record<string, unknown>): string | null {
  return worded(template, body, (player) => NAMES.get(player), TEAMS)?.map(({ text }) => text).join("") ?? null;
}

test("fields are what the event says: players and teams by name, numbers and texts as they are", () => {
  const body = { by: 1, assist: 2, n: 3, side: 2, what: "wide" };
  expect(said("{by} and {assist:player}: {n:number} for {side:team}, {what:text}", body)).toBe("Ada and Grace: 3 for Ember, wide");
  expect(said("Golden goal", {})).toBe("Golden goal");
});

test("each piece says whose name it is", () => {
  const pieces = worded("{by} scores for {side:team}", { by: 2, side: 1 }, (player) => NAMES.get(player), TEAMS);
  expect(pieces).toEqual([
    { text: "Grace", player: 2, team: 0 }, { text: " scores for ", player: 0, team: 0 }, { text: "Sky", player: 0, team: 1 },
  ]);
});

test("what stands between two names is one piece", () => {
  const pieces = worded("{by} ricochet ×{n:number} {it}!", { by: 1, n: 2, it: 2 }, (player) => NAMES.get(player), TEAMS);
  expect(pieces?.map(({ text }) => text)).toEqual(["Ada", " ricochet ×2 ", "Grace", "!"]);
});

test("words with a field that isn't there, or is nothing, are not used", () => {
  for (const by of [0, undefined, null, "1", Number.NaN, 99]) expect(said("{by} scores", { by })).toBeNull();
  expect(said("{side:team}", { side: 3 })).toBeNull();
  expect(said("{what:text}", { what: "" })).toBeNull();
  expect(said("{what:text}", { what: 7 })).toBeNull();
  expect(said("{n:number}", { n: 0 })).toBeNull();
});

test("an event is somebody's end if the game says so, in whatever fields it says", () => {
  const tag = { ...NOTHING, kills: [{ event: "tagged", victim: "player", killer: "by" }, { event: "crashed", victim: "who", killer: "" }] };
  expect(slainIn({ name: "tagged", body: { player: 4, by: 2 } }, tag)).toEqual({ victim: 4, killer: 2 });
  expect(slainIn({ name: "crashed", body: { who: 4, "": 9 } }, tag)).toEqual({ victim: 4, killer: 0 });
  expect(slainIn({ name: "kill", body: { victim: 4, killer: 2 } }, tag)).toBeNull();
});

test("who isn't a player is nobody, and where nobody ended there is no end", () => {
  const melee = { ...NOTHING, kills: [{ event: "kill", victim: "victim", killer: "killer" }] };
  for (const killer of [0, -1, "2", null, undefined, 1.5]) {
    expect(slainIn({ name: "kill", body: { victim: 4, killer } }, melee)).toEqual({ victim: 4, killer: 0 });
    expect(slainIn({ name: "kill", body: { victim: killer, killer: 2 } }, melee)).toBeNull();
  }
  const { kills: _, ...older } = melee;
  expect(slainIn({ name: "kill", body: { victim: 4 } }, older)).toBeNull();
});
