import { expect, test } from "vitest";

import type { Drawn } from "@ricochet/sdk";
import { Particles } from "./particles";
import { Trails } from "./trails";

function shot(x: number, y: number, status = 0): Drawn {
  return {
    id: 1, kind: "shot", variant: 0, owner: 1, status, x, y, vx: 900, vy: 0, angle: 0, colour: "owner", label: "", radius: 16, thrust: { x: 0, y: 0 }, mine: false,
  };
}

function fly(...places: (Drawn | null)[]): Particles {
  const particles = new Particles(64);
  const trails = new Trails();
  for (const place of places) {
    if (place !== null) trails.leave(place, 0x123456, particles);
    trails.forgetGone();
  }
  return particles;
}

test("a streak lies between where it was and where it is", () => {
  const particles = fly(shot(0, 0), shot(0, 20));
  expect(particles.count).toBe(1);
  expect(particles.at(0)).toMatchObject({ x: 0, y: 10, angle: Math.PI / 2 });
});

test("what stands still leaves nothing, nor what jumps", () => {
  expect(fly(shot(0, 0), shot(0, 0.5)).count).toBe(0);
  expect(fly(shot(0, 0), shot(500, 0)).count).toBe(0);
});

test("what was gone in between starts anew", () => {
  expect(fly(shot(0, 0), null, shot(20, 0)).count).toBe(0);
});

test("a shot that bounced leaves a hotter, wider trail", () => {
  const cool = fly(shot(0, 0), shot(20, 0)).at(0);
  const hot = fly(shot(0, 0, 2), shot(20, 0, 2)).at(0);
  expect(hot.width).toBeGreaterThan(cool.width);
  expect(hot.colour).not.toBe(cool.colour);
});
