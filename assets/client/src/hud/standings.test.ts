import { expect, test } from "vitest";

import type { Column, PlayerInfo, Scene } from "@ricochet/sdk";
import { clockFace, ordinal, placeIn, placed, rankOf, ranked, secondsLeft } from "./standings";

function players(...scores: [number, number, number][]): Map<number, PlayerInfo> {
  return new Map(
    scores.map(([score, kills, deaths], index) => {
      const id = index + 1;
      return [id, { id, name: `p${id}`, colour: 0, bot: false, team: 0, score, counts: [score, kills, deaths], ping_ms: 0 }];
    }),
  );
}

const COLUMNS: Column[] = [{ label: "Score", best: "most" }, { label: "Kills", best: "most" }, { label: "Deaths", best: "least" }];

test("the best score leads; the other columns and seniority break ties", () => {
  const order = ranked(players([5, 0, 0], [9, 1, 4], [9, 2, 4], [9, 2, 1], [5, 0, 0]), COLUMNS).map((player) => player.id);
  expect(order).toEqual([4, 3, 2, 1, 5]);
});

test("equal scores share a rank", () => {
  const table = players([5, 0, 0], [9, 0, 0], [9, 3, 0]);
  expect([1, 2, 3].map((id) => rankOf(table, id))).toEqual([3, 1, 1]);
  expect(rankOf(table, 99)).toBeNull();
});

test("the scoreboard tells everyone the rank that each is shown", () => {
  const table = players([5, 0, 0], [9, 0, 0], [9, 3, 0], [5, 1, 0], [1, 0, 0]);
  const rows = placed(table, COLUMNS);
  expect(rows.map(({ player, place }) => [player.id, place])).toEqual([[3, 1], [2, 1], [4, 3], [1, 3], [5, 5]]);
  for (const { player, place } of rows) expect(place).toBe(rankOf(table, player.id));
});

test("the end of a match tells the rank that was shown during it", () => {
  const standings = [[7, 300], [4, 100], [9, 100], [2, 50]].map(([player = 0, score = 0]) => ({ player, score }));
  expect([7, 4, 9, 2].map((id) => placeIn(standings, id))).toEqual([1, 2, 2, 4]);
  expect(placeIn(standings, 99)).toBeNull();
});

test("ranks read as people say them", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal)).toEqual([
    "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th",
  ]);
});

test("the clock rounds up and never goes below nothing", () => {
  expect(clockFace(300)).toBe("5:00");
  expect(clockFace(59.2)).toBe("1:00");
  expect(clockFace(0.01)).toBe("0:01");
  const scene = { tick: 700, tick_rate: 60, match: { phase: "play", ends_tick: 600, standings: [] } };
  expect(secondsLeft(scene as unknown as Scene)).toBe(0);
  expect(secondsLeft({ ...scene, match: null } as unknown as Scene)).toBeNull();
});
