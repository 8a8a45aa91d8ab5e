/**
 * Arrows at the rim of the picture, towards places that a game wants found and that are out of sight.
 *
 * `rimOf` is pure.
 */

import type { Vec } from "@ricochet/sdk";
import type { Camera } from "./camera";
import type { Drawing } from "./layers";
import { WHITE, hue, mix } from "./palette";

/** How far from the rim, in pixels: inside of what is written along it. */
const INSET_PX = 44;
/** What is so far within the picture needs no arrow, in units. */
const SEEN_UNITS = -20;

export function drawArrows({ scene, camera, layers, calm }: Drawing): void {
  for (const { name, style, hue: colour } of scene.description.hud) {
    if (style !== "arrow") continue;
    const [x, y] = [scene.hud[`${name}_x`], scene.hud[`${name}_y`]];
    const place = x === undefined || y === undefined ? null : rimOf({ x, y }, camera);
    if (place === null) continue;
    const breath = calm ? 1 : 1 + 0.08 * Math.sin(scene.time_s * 5);
    const [dx, dy] = [Math.cos(place.angle), Math.sin(place.angle)];
    layers.under.stamp("glow", place.x, place.y, 0, 110, 110, hue(colour), 0.45);
    layers.over.stamp("shard", place.x + 9 * dx, place.y + 9 * dy, place.angle, 40 * breath, 34 * breath, mix(hue(colour), WHITE, 0.3), 0.95);
    layers.over.stamp("core", place.x - 17 * dx, place.y - 17 * dy, 0, 22, 22, hue(colour), 0.9);
  }
}

/** Where on the rim the straight line from the middle of the picture leaves it, in units; null while the place is in sight. */
export function rimOf(place: Vec, camera: Camera): (Vec & { angle: number }) | null {
  if (camera.sees(place.x, place.y, SEEN_UNITS)) return null;
  const [dx, dy] = [place.x - camera.x, place.y - camera.y];
  const half_width = (camera.width_px / 2 - INSET_PX) / camera.scale;
  const half_height = (camera.height_px / 2 - INSET_PX) / camera.scale;
  const share = Math.min(half_width / Math.abs(dx), half_height / Math.abs(dy));
  return { x: camera.x + dx * share, y: camera.y + dy * share, angle: Math.atan2(dy, dx) };
}
