/**
 * How far a beam gets before it meets something: circles, thick segments and convex polygons. Pure.
 *
 * A beam of some radius meets what a thin one meets of shapes that are thicker by as much. Directions are of length 1, distances
 * in units; Infinity: it passes by. From within it is met at once.
 */

import type { Block, Segment } from "./arena";
import type { Vec } from "./scene";

export function toCircle(from: Vec, way: Vec, centre: Vec, radius: number): number {
  const x = centre.x - from.x;
  const y = centre.y - from.y;
  const short = radius * radius - x * x - y * y;
  if (short >= 0) return 0;
  const along = x * way.x + y * way.y;
  const under = along * along + short;
  return along > 0 && under >= 0 ? along - Math.sqrt(under) : Infinity;
}

/** A segment with round ends. */
export function toSegment(from: Vec, way: Vec, { a, b, radius }: Pick<Segment, "a" | "b" | "radius">): number {
  const ends = Math.min(toCircle(from, way, a, radius), toCircle(from, way, b, radius));
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return ends;
  const ux = (b.x - a.x) / length;
  const uy = (b.y - a.y) / length;
  const along = (from.x - a.x) * ux + (from.y - a.y) * uy;
  const across = (from.y - a.y) * ux - (from.x - a.x) * uy;
  if (Math.abs(across) <= radius) return along >= 0 && along <= length ? 0 : ends;
  const towards = way.y * ux - way.x * uy;
  const away = (Math.sign(across) * radius - across) / towards; // to the nearer of its two sides
  const met = along + away * (way.x * ux + way.y * uy);
  return away >= 0 && met >= 0 && met <= length ? Math.min(away, ends) : ends;
}

/** A polygon whose outline is `radius` thicker; its corners in order. */
export function toPolygon(from: Vec, way: Vec, corners: Block["corners"], radius: number): number {
  if (isWithin(from, corners)) return 0;
  const edges = corners.map((a, at) => ({ a, b: corners[(at + 1) % corners.length]!, radius }));
  return Math.min(...edges.map((edge) => toSegment(from, way, edge)));
}

/** To the same side of every edge. */
function isWithin(point: Vec, corners: Block["corners"]): boolean {
  const sides = corners.map((a, at) => {
    const b = corners[(at + 1) % corners.length]!;
    return Math.sign((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x));
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}
