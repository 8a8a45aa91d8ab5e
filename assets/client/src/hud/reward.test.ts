import { expect, test } from "vitest";

import type { GameEvent, PlayerInfo } from "@ricochet/sdk";
import { rewardSentence } from "./reward";

const grace: PlayerInfo = { id: 2, name: "Grace", colour: 0, bot: false, score: 0, kills: 0, deaths: 0, ping_ms: 0 };
const scene = { players: new Map([[2, grace]]), me_id: 1 };

function kill(killer: number, victim: number, bounces = 0): GameEvent {
  return { name: "kill", body: { killer, victim, assists: [], bounces } };
}

test("my kill is told, a ricochet as one", () => {
  expect(rewardSentence(kill(1, 2), scene)).toBe("Destroyed Grace");
  expect(rewardSentence(kill(1, 2, 3), scene)).toBe("Ricochet ×3 — Grace");
  expect(rewardSentence(kill(1, 99), scene)).toBe("Destroyed a ship");
});

test("others' kills, accidents and other events are not", () => {
  expect(rewardSentence(kill(2, 1), scene)).toBe("");
  expect(rewardSentence(kill(1, 1), scene)).toBe("");
  expect(rewardSentence({ name: "hit", body: { killer: 1, victim: 2 } }, scene)).toBe("");
});
