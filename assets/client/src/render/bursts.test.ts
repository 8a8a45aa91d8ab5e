import { expect, test } from "vitest";

import { type BurstStyle, burst } from "./bursts";
import type { Effect, EffectName } from "./effects";
import { Particles } from "./particles";

const NAMES: readonly EffectName[] = [
  "shot", "bounce", "spent", "explosion", "hurt", "shield_down", "boost", "spawn", "crate_hurt", "debris", "pickup", "pulse",
];

function effect(name: EffectName, changes: Partial<Effect> = {}): Effect {
  return { name, x: 5, y: 6, vx: 900, vy: 0, angle: 0, owner: 1, mine: false, amount: 1, ...changes };
}

function style(share = 1): BurstStyle {
  return { colour: 0x123456, share, random: () => 0.5 };
}

test("every effect starts where it happened, and is over within two seconds", () => {
  for (const name of NAMES) {
    const particles = new Particles(512);
    burst(particles, effect(name), style());
    expect(particles.count, name).toBeGreaterThan(0);
    for (let index = 0; index < particles.count; index += 1) {
      expect(particles.at(index)).toMatchObject({ x: 5, y: 6 });
    }
    particles.step(2);
    expect(particles.count, name).toBe(0);
  }
});

test("less motion is asked for: far fewer particles", () => {
  const [full, few] = [new Particles(512), new Particles(512)];
  burst(full, effect("explosion"), style());
  burst(few, effect("explosion"), style(0.25));
  expect(few.count).toBeLessThan(full.count / 2);
});

test("sparks of a bounce fly along the shot's new way", () => {
  const particles = new Particles(64);
  burst(particles, effect("bounce", { vx: 0, vy: -900 }), style());
  const sparks = Array.from({ length: particles.count }, (_, index) => particles.at(index)).filter((p) => p.shape === "streak");
  expect(sparks.length).toBeGreaterThan(5);
  for (const spark of sparks) expect(spark.vy).toBeLessThan(-100);
});

test("the more bounces, the more sparks", () => {
  const [once, thrice] = [new Particles(64), new Particles(64)];
  burst(once, effect("bounce", { amount: 1 }), style());
  burst(thrice, effect("bounce", { amount: 3 }), style());
  expect(thrice.count).toBeGreaterThan(once.count);
});
