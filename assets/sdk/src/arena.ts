/**
 * The solid parts of an arena, as the server's space is built of them: the twin of `make_space` in `protocol/physics.py`.
 *
 * Thick segments (walls, and the border laid just outside) and convex blocks, in the order in which the server adds them,
 * for the engine finds contacts in that order. The segments of one wall know their neighbours, so that who flies along is
 * not caught by the cracks. Rocks and crates are entities.
 */

import type { Arena, Point, Vec } from "./scene";

export const WALL_ELASTICITY = 1;
export const WALL_FRICTION = 0.2;
/** The border is segments of this radius laid just outside, thick enough that nothing tunnels. */
export const BORDER_RADIUS = 64;

/** From `a` to `b`, between the points of its wall that come before and after; an end of a wall has itself there. */
export interface Segment {
  readonly a: Vec;
  readonly b: Vec;
  readonly before: Vec;
  readonly after: Vec;
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

/** For a rock whose shape isn't known: where an arena is built together, the rock may be gone a moment before its entity. */
const SOME_ROCK: readonly Point[] = [[-16, -16], [16, -16], [16, 16], [-16, 16]];

/** The corners of a rock: the arena's, by its `variant`. */
export function rockCorners(arena: Arena, variant: number): readonly Point[] {
  return arena.rocks[variant]?.points ?? SOME_ROCK;
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
  return corners.map((corner, at) => {
    const [a, b] = [vec(corners.at(at - 1)!), vec(corner)];
    return { a, b, before: a, after: b, radius: BORDER_RADIUS };
  });
}

function polyline(points: readonly Point[], radius: number, closed: boolean): Segment[] {
  const way = (closed ? [...points, points[0]!] : points).map(vec);
  const last = way.length - 2;
  return way.slice(1).map((b, at) => {
    const a = way[at]!;
    const before = at > 0 ? way[at - 1]! : closed ? way[last]! : a;
    const after = at < last ? way[at + 2]! : closed ? way[1]! : b;
    return { a, b, before, after, radius };
  });
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
