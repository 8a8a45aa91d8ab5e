/**
 * A ship: its glow, hull, thruster flame and what protects it, on the layers of one drawing.
 */

import { type Drawn, SHIP_RADIUS, shipStatus, type ShipStatus } from "@ricochet/sdk";
import type { Drawing, Layers } from "./layers";
import { paintOf } from "./layers";
import { ACCENT, SHIELD, WHITE, mix, type Hull } from "./palette";

const HULL_DARK = 0x060a18;

export function drawShip(ship: Drawn, drawing: Drawing): void {
  const { layers, scene } = drawing;
  const { colour, hull } = paintOf(scene, ship);
  const status = shipStatus(ship.status);
  const pulse = drawing.calm ? 1 : 0.5 + 0.5 * Math.sin(scene.time_s * 9 + ship.id);

  drawFlame(ship, status, colour, drawing);
  drawHull(ship, hull, colour, layers);
  if (status.protected) {
    layers.over.stampWhole("bubble", ship.x, ship.y, 0, 1.15 + 0.04 * pulse, colour, 0.55 + 0.35 * pulse);
  }
  if (status.shield) drawShield(ship, pulse, layers);
  if (status.rapid) drawRapid(ship, scene.time_s, layers);
  if (status.marked) drawMark(ship, drawing);
  if (ship.mine) drawOwnMark(ship, drawing);
  else if (status.hull > 0) drawHullBar(ship, status.hull, layers);
}

function drawHull(ship: Drawn, hull: Hull, colour: number, layers: Layers): void {
  const { x, y, angle } = ship;
  layers.under.stamp("glow", x, y, 0, 130, 130, colour, ship.mine ? 0.34 : 0.22);
  layers.under.stampWhole(`${hull}_glow`, x, y, angle, 1, colour, 0.9);
  layers.solid.stampWhole(`${hull}_fill`, x, y, angle, 1, mix(HULL_DARK, colour, ship.mine ? 0.42 : 0.2), 0.96);
  layers.solid.stampWhole(`${hull}_line`, x, y, angle, 1, mix(colour, WHITE, ship.mine ? 0.7 : 0.25), 1);
  layers.over.stampWhole(`${hull}_glow`, x, y, angle, 1, colour, 0.35);
}

function drawFlame(ship: Drawn, status: ShipStatus, colour: number, { layers, scene, calm }: Drawing): void {
  const strength = Math.min(1, Math.hypot(ship.thrust.x, ship.thrust.y));
  if (strength < 0.05 && !status.boosting) return;
  const idle = strength < 0.05;
  const back = idle ? ship.angle + Math.PI : Math.atan2(-ship.thrust.y, -ship.thrust.x);
  const flicker = calm ? 1 : 0.85 + 0.15 * Math.sin(scene.time_s * 61 + ship.id * 2.4);
  const reach = (status.boosting ? 118 : 66) * (idle ? 1 : strength) * flicker;
  const x = ship.x + Math.cos(back) * SHIP_RADIUS * 0.55;
  const y = ship.y + Math.sin(back) * SHIP_RADIUS * 0.55;
  layers.under.stamp("flame", x, y, back, 2 * reach, status.boosting ? 84 : 62, colour, 0.8);
  layers.under.stamp("flame", x, y, back, 1.2 * reach, status.boosting ? 44 : 34, WHITE, 0.75);
}

function drawShield(ship: Drawn, pulse: number, layers: Layers): void {
  layers.over.stampWhole("ring", ship.x, ship.y, 0, 0.98, SHIELD, 0.7 + 0.3 * pulse);
  layers.over.stamp("bubble", ship.x, ship.y, 0, 58, 58, SHIELD, 0.35);
}

/** Two sparks circle a ship whose gun fires faster. */
function drawRapid(ship: Drawn, time_s: number, layers: Layers): void {
  for (const half of [0, Math.PI]) {
    const turn = time_s * 7 + half;
    layers.over.stamp("glow", ship.x + 24 * Math.cos(turn), ship.y + 24 * Math.sin(turn), 0, 20, 20, ACCENT, 1);
  }
}

/** Nobody may lose sight of their own ship: four arcs that no other ship has. */
function drawOwnMark(ship: Drawn, { layers, scene, calm }: Drawing): void {
  const turn = calm ? 0 : scene.time_s * 0.5;
  layers.over.stampWhole("beacon", ship.x, ship.y, turn, 1.2, WHITE, 0.5);
}

/** Whoever it is about: a crown of light that turns, seen from afar. */
function drawMark(ship: Drawn, { layers, scene, calm }: Drawing): void {
  const turn = calm ? 0 : scene.time_s * 1.7;
  layers.under.stamp("glow", ship.x, ship.y, 0, 240, 240, ACCENT, 0.4);
  layers.over.stampWhole("ring", ship.x, ship.y, 0, 1.25, ACCENT, 0.9);
  for (let ray = 0; ray < 6; ray += 1) {
    const angle = turn + (ray * Math.PI) / 3;
    layers.over.stamp("shard", ship.x + 40 * Math.cos(angle), ship.y + 40 * Math.sin(angle), angle, 13, 11, ACCENT, 0.95);
  }
}

const BAR_LENGTH = 40;

function drawHullBar(ship: Drawn, hull: number, { solid }: Layers): void {
  const y = ship.y - 31;
  solid.stamp("pixel", ship.x, y, 0, BAR_LENGTH + 2, 5, 0x02040a, 0.75);
  const colour = hull > 0.5 ? 0xd6e4ff : hull > 0.25 ? ACCENT : 0xff5470;
  const length = BAR_LENGTH * hull;
  solid.stamp("pixel", ship.x - (BAR_LENGTH - length) / 2, y, 0, length, 3, colour, 0.95);
}
