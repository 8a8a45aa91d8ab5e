import { expect, test } from "vitest";

import type { EffectName } from "../render/effects";
import { MATCH_END, MATCH_START, SHOUT, effectPatch } from "./patches";
import { type Patch, patchLength } from "./synth";

const NAMES: readonly EffectName[] = [
  "shot", "bounce", "spent", "explosion", "hurt", "shield_down", "boost", "spawn", "crate_hurt", "debris", "pickup", "pulse",
];

function pitch(patch: Patch): number {
  return patch.tones[0]?.from_hz ?? 0;
}

test("everything that happens can be heard, and not for long", () => {
  for (const name of NAMES) {
    const length = patchLength(effectPatch(name, 1));
    expect(length, name).toBeGreaterThan(0.02);
    expect(length, name).toBeLessThan(1.5);
  }
  for (const patch of [MATCH_START, MATCH_END, SHOUT]) expect(patchLength(patch)).toBeLessThan(1.5);
});

test("the pitch rises with every bounce", () => {
  const pitches = [1, 2, 3].map((bounces) => pitch(effectPatch("bounce", bounces)));
  expect(pitches).toEqual([...new Set(pitches)].sort((a, b) => a - b));
});

test("no tone glides to nothing, which an exponential ramp can't", () => {
  for (const name of NAMES) {
    for (const { from_hz, to_hz } of [...effectPatch(name, 3).tones, ...effectPatch(name, 3).noises]) {
      expect(Math.min(from_hz, to_hz), name).toBeGreaterThan(0);
    }
  }
});
