/**
 * What is neither ship nor rock: shots, crates and pick-ups, on the layers of one drawing.
 */

import { CRATE_SIZE, type Drawn } from "@ricochet/sdk";
import type { Drawing } from "./layers";
import { liveryOf } from "./layers";
import { CRATE, PICKUPS, WHITE, mix, shotColour } from "./palette";

/** Grows and heats with every bounce, since it hits harder. */
export function drawShot(shot: Drawn, { layers, scene }: Drawing): void {
  const colour = shotColour(liveryOf(scene.players, shot.owner).colour, shot.status);
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
