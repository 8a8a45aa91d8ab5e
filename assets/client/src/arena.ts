/**
 * The solid parts of an arena, as the server's space is built of them: the twin of `make_space` in `protocol/physics.py`.
 *
 * Thick segments (walls, and the border laid just outside) and convex blocks, in the order in which the server adds them,
 * for the engine finds contacts in that order. Rocks and crates are entities.
 */

import type { Arena, Point, Vec } from "./scene";

export const WALL_ELASTICITY = 1;
export const WALL_FRICTION = 0.2;
/** The border is segments of this radius laid just outside, thick enough that nothing tunnels. */
export const BORDER_RADIUS = 64;

export interface Segment {
  readonly a: Vec;
  readonly b: Vec;
  readonly radius: number;
}

/** Corners in order; the inside is to the same side of every edge. */
export interface Block {
  readonly corners: readonly Vec[];
}

export function segmentsOf(arena: Arena): Segment[] {
  return [...border(arena), ...arena.walls.flatMap((wall) => polyline(wall.points, wall.radius, wall.closed))];
}

/** The blocks, all wound the same way: their inside is to the left of every edge in a frame with y up. */
export function blocksOf(arena: Arena): Block[] {
  return arena.blocks.map((block) => {
    const corners = block.points.map(vec);
    return { corners: doubleArea(corners) < 0 ? corners.reverse() : corners };
  });
}

function border(arena: Arena): Segment[] {
  const { width, height } = arena.size;
  const out = BORDER_RADIUS;
  const corners: Point[] = [
    [-out, -out],
    [width + out, -out],
    [width + out, height + out],
    [-out, height + out],
  ];
  return corners.map((corner, at) => ({ a: vec(corners.at(at - 1)!), b: vec(corner), radius: BORDER_RADIUS }));
}

function polyline(points: readonly Point[], radius: number, closed: boolean): Segment[] {
  const segments = points.slice(1).map((point, at) => ({ a: vec(points[at]!), b: vec(point), radius }));
  if (closed) segments.push({ a: vec(points.at(-1)!), b: vec(points[0]!), radius });
  return segments;
}

function doubleArea(corners: readonly Vec[]): number {
  return corners.reduce((area, corner, at) => {
    const next = corners[(at + 1) % corners.length]!;
    return area + corner.x * next.y - next.x * corner.y;
  }, 0);
}

function vec([x, y]: Point): Vec {
  return { x, y };
}
