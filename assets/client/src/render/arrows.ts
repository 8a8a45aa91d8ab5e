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
const INSET_PX = 40;
const INSET_TOP_PX = 84;
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
    layers.under.stamp("glow", place.x, place.y, 0, 120, 120, hue(colour), 0.4);
    layers.over.stamp("arrow", place.x + 10 * dx, place.y + 10 * dy, place.angle, 34 * breath, 34 * breath, mix(hue(colour), WHITE, 0.3), 0.95);
    layers.over.stamp("ring", place.x - 18 * dx, place.y - 18 * dy, 0, 26, 26, hue(colour), 0.95);
  }
}

/** Where on the rim the straight line from the middle of the picture leaves it, in units; null while the place is in sight. */
export function rimOf(place: Vec, camera: Camera): (Vec & { angle: number }) | null {
  if (camera.sees(place.x, place.y, SEEN_UNITS)) return null;
  const [dx, dy] = [place.x - camera.x, place.y - camera.y];
  const half_width = (camera.width_px / 2 - INSET_PX) / camera.scale;
  const half_height = (camera.height_px / 2 - (dy < 0 ? INSET_TOP_PX : INSET_PX)) / camera.scale;
  const share = Math.min(half_width / Math.abs(dx), half_height / Math.abs(dy));
  return { x: camera.x + dx * share, y: camera.y + dy * share, angle: Math.atan2(dy, dx) };
}
