/**
 * What is neither ship nor rock: shots, crates, pick-ups, balls, orbs and zones, on the layers of one drawing.
 */

import { CRATE_SIZE, type Drawn } from "@ricochet/sdk";
import type { Drawing } from "./layers";
import { paintOf, teamColour } from "./layers";
import { CRATE, PICKUPS, WHITE, mix, shotColour } from "./palette";

/** Grows and heats with every bounce, since it hits harder. */
export function drawShot(shot: Drawn, { layers, scene }: Drawing): void {
  const colour = shotColour(paintOf(scene, shot).colour, shot.status);
  const along = Math.atan2(shot.vy, shot.vx);
  const size = 1 + 0.22 * Math.min(3, shot.status);
  layers.under.stamp("glow", shot.x, shot.y, 0, 92 * size, 92 * size, colour, 0.42);
  layers.over.stamp("streak", shot.x, shot.y, along, 44 * size, 13 * size, colour, 1);
  layers.over.stamp("core", shot.x, shot.y, along, 15 * size, 9 * size, mix(colour, WHITE, 0.75), 1);
}

export function drawCrate(crate: Drawn, { layers }: Drawing): void {
  const { x, y, angle } = crate;
  const whole = Math.min(1, crate.status / 15);
  layers.under.stampWhole("crate_glow", x, y, angle, 1, CRATE, 0.6);
  layers.solid.stampWhole("crate_fill", x, y, angle, 1, mix(0x0a0c16, CRATE, 0.14), 1);
  layers.solid.stampWhole("crate_line", x, y, angle, 1, CRATE, 0.55 + 0.45 * whole);
  if (whole < 0.99) layers.solid.stamp("crate_cracks", x, y, angle, 64, 64, mix(CRATE, WHITE, 0.6), 1 - whole);
  layers.solid.stamp("pixel", x, y, angle, CRATE_SIZE / 4, CRATE_SIZE / 4, CRATE, 0.5 * whole);
}

const PICKUP_ICONS = ["repair", "rapid", "shield"] as const;

export function drawPickup(pickup: Drawn, { layers, scene, calm }: Drawing): void {
  const colour = PICKUPS[pickup.variant] ?? WHITE;
  const breath = calm ? 1 : 1 + 0.06 * Math.sin(scene.time_s * 4 + pickup.id);
  layers.under.stamp("glow", pickup.x, pickup.y, 0, 120 * breath, 120 * breath, colour, 0.35);
  layers.solid.stamp("core", pickup.x, pickup.y, 0, 34, 34, 0x060a18, 0.9);
  layers.over.stampWhole("pickup_ring", pickup.x, pickup.y, 0, breath, colour, 1);
  layers.over.stampWhole(PICKUP_ICONS[pickup.variant] ?? "repair", pickup.x, pickup.y, 0, 1, mix(colour, WHITE, 0.35), 1);
}

/** Of a cell of the atlas, the part that a ball's or a ring's own circle takes. */
const CIRCLE_SHARE = 26 / 64;

/** It glows in the colour of the team that its status names, and its panels show how it rolls. */
export function drawBall(ball: Drawn, { layers, scene }: Drawing): void {
  const { x, y, angle } = ball;
  const own = paintOf(scene, ball).colour;
  const glow = ball.status > 0 ? teamColour(scene.description, ball.status) : own;
  const size = ball.radius / CIRCLE_SHARE;
  layers.under.stamp("glow", x, y, 0, 6.5 * ball.radius, 6.5 * ball.radius, glow, 0.5);
  layers.solid.stamp("ball_fill", x, y, 0, size, size, mix(0x0b1020, own, 0.2), 1);
  layers.solid.stamp("ball_panels", x, y, angle, size, size, mix(glow, WHITE, 0.3), 0.85);
  layers.solid.stamp("ball_shine", x, y, 0, size, size, WHITE, 0.5);
  layers.over.stamp("ring", x, y, 0, size, size, mix(glow, WHITE, 0.25), 1);
}

/** A light that does nothing but be there. */
export function drawOrb(orb: Drawn, { layers, scene, calm }: Drawing): void {
  const { colour } = paintOf(scene, orb);
  const breath = calm ? 1 : 1 + 0.05 * Math.sin(scene.time_s * 3 + orb.id);
  const size = (orb.radius / CIRCLE_SHARE) * breath;
  layers.under.stamp("glow", orb.x, orb.y, 0, 7 * orb.radius, 7 * orb.radius, colour, 0.4);
  layers.over.stamp("core", orb.x, orb.y, 0, size, size, mix(colour, WHITE, 0.35), 0.8);
  layers.over.stamp("ring", orb.x, orb.y, 0, size, size, colour, 0.9);
}

/** A place on the floor. */
export function drawZone(zone: Drawn, { layers, scene }: Drawing): void {
  const { colour } = paintOf(scene, zone);
  const size = zone.radius / CIRCLE_SHARE;
  layers.under.stamp("bubble", zone.x, zone.y, 0, (zone.radius * 64) / 28, (zone.radius * 64) / 28, colour, 0.8);
  layers.under.stamp("ring", zone.x, zone.y, 0, size, size, colour, 0.55);
}
