import { expect, test } from "vitest";

import { NOTHING, type Scene } from "@ricochet/sdk";
import { ownWords, titleOf } from "./podium";

const teams = [{ name: "Sky", hue: "sky" }, { name: "Ember", hue: "vermilion" }];

function scene(changes: Partial<Scene>): Scene {
  const players = new Map([[1, { id: 1, name: "Ada" }], [2, { id: 2, name: "Grace" }]]);
  return { players, me_id: 1, description: NOTHING, team_scores: [], match: null, ...changes } as unknown as Scene;
}

test("whoever leads has won", () => {
  expect(titleOf(scene({}), [{ player: 2, score: 5 }, { player: 1, score: 2 }])).toBe("Grace wins");
  expect(titleOf(scene({}), [{ player: 1, score: 5 }])).toBe("You win");
  expect(titleOf(scene({}), [])).toBe("Match over");
});

test("who have as much share the first place, as the lobby says it", () => {
  expect(titleOf(scene({}), [{ player: 2, score: 5 }, { player: 1, score: 5 }, { player: 3, score: 1 }])).toBe("Grace and Ada share the first place");
  expect(titleOf(scene({}), [1, 2, 3, 4].map((player) => ({ player, score: 0 })))).toBe("A draw");
});

test("one is told one's own place", () => {
  const standings = [{ player: 2, score: 5 }, { player: 1, score: 1 }, { player: 3, score: 1 }];
  expect([1, 2, 4].map((id) => ownWords(standings, id))).toEqual(["You finished 2nd of 3 with 1 point", "You finished 1st of 3 with 5 points", ""]);
});

test("among teams one of them has, with the score, or neither", () => {
  const sides = { description: { ...NOTHING, teams }, team_scores: [1, 3] };
  const match = { phase: "podium" as const, ends_tick: 0, standings: [] };
  expect(titleOf(scene({ ...sides, match: { ...match, winner: 2 } }), [])).toBe("Ember wins 1 : 3");
  expect(titleOf(scene({ ...sides, match }), [])).toBe("A draw 1 : 3");
});
