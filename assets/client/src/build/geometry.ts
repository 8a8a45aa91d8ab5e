/**
 * Pieces as shapes: what is under the pointer, how large a selection is, and the steps that move, turn and scale it. Pure.
 *
 * Pieces are turned and scaled around a point as a group. What can't be turned (a goal) or scaled (a crate, a spawn point)
 * only moves along. A wall, a block or a rock has corners, each of which can be put somewhere else by itself.
 */

import { type PlanPiece, type Point, pointsOf, rounded, sent, type Step, type Vec, whole } from "@ricochet/sdk";

export const GRID_UNITS = 16;
const CRATE_HALF = 20;
const SPAWN_RADIUS = 16;

export interface Outline {
  readonly points: readonly Point[];
  readonly closed: boolean;
  /** How thick it is on either side. */
  readonly radius: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export type Chosen = readonly (readonly [id: number, piece: PlanPiece])[];

export function outlineOf(piece: PlanPiece): Outline {
  const { kind, x, y, angle } = piece;
  if (kind === "wall") return { points: pointsOf(piece), closed: piece.closed, radius: piece.radius };
  if (kind === "block") return { points: pointsOf(piece), closed: true, radius: 0 };
  if (kind === "rock") return { points: placed(piece.points, x, y, angle), closed: true, radius: 0 };
  if (kind === "goal") return { points: placed(rectangle(piece.width / 2, piece.height / 2), x, y, 0), closed: true, radius: 0 };
  if (kind === "crate") return { points: placed(rectangle(CRATE_HALF, CRATE_HALF), x, y, angle), closed: true, radius: 0 };
  return { points: [[x, y]], closed: false, radius: SPAWN_RADIUS };
}

/** The piece under a point, the last added first; `slack`, in units, makes up for a thick finger. */
export function pieceAt(pieces: ReadonlyMap<number, PlanPiece>, at: Vec, slack: number): number | null {
  const inside = [...pieces].filter(([, piece]) => isAt(outlineOf(piece), at, slack));
  // A goal lies beneath what stands in it.
  return (inside.findLast(([, { kind }]) => kind !== "goal") ?? inside.at(-1))?.[0] ?? null;
}

export function piecesIn(pieces: ReadonlyMap<number, PlanPiece>, box: Box): number[] {
  const within = ({ left, top, right, bottom }: Box) =>
    left >= box.left && right <= box.right && top >= box.top && bottom <= box.bottom;
  return [...pieces].filter(([id, piece]) => within(boxOf([[id, piece]])!)).map(([id]) => id);
}

export function boxOf(chosen: Chosen): Box | null {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [, piece] of chosen) {
    const { points, radius } = outlineOf(piece);
    for (const [x, y] of points) {
      box.left = Math.min(box.left, x - radius);
      box.right = Math.max(box.right, x + radius);
      box.top = Math.min(box.top, y - radius);
      box.bottom = Math.max(box.bottom, y + radius);
    }
  }
  return chosen.length > 0 ? box : null;
}

export function middleOf({ left, top, right, bottom }: Box): Vec {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

export function moved(chosen: Chosen, dx: number, dy: number): Step[] {
  return chosen.map(([id, { x, y }]) => ({ do: "change", id, x: rounded(x + dx), y: rounded(y + dy) }));
}

export function turned(chosen: Chosen, around: Vec, angle: number): Step[] {
  return chosen.map(([id, piece]) => {
    const [x, y] = placed([[piece.x - around.x, piece.y - around.y]], around.x, around.y, angle)[0]!;
    const place = { do: "change", id, x: rounded(x), y: rounded(y) } as const;
    if (piece.kind === "wall" || piece.kind === "block") return { ...place, points: finely(placed(piece.points, 0, 0, angle)) };
    if (piece.kind === "goal") return place;
    return { ...place, angle: Math.atan2(Math.sin(piece.angle + angle), Math.cos(piece.angle + angle)) };
  });
}

export function scaled(chosen: Chosen, around: Vec, factor: number): Step[] {
  return chosen.map(([id, piece]) => {
    const x = rounded(around.x + (piece.x - around.x) * factor);
    const y = rounded(around.y + (piece.y - around.y) * factor);
    const place = { do: "change", id, x, y } as const;
    if (piece.points.length > 0) return { ...place, points: finely(piece.points.map(([px, py]) => [px * factor, py * factor] as const)) };
    if (piece.kind !== "goal") return place;
    return { ...place, width: rounded(piece.width * factor), height: rounded(piece.height * factor) };
  });
}

/** Where a piece's corners are; what has none of its own has none. */
export function cornersOf(piece: PlanPiece): readonly Point[] {
  return piece.points.length > 0 ? outlineOf(piece).points : [];
}

/** One corner is somewhere else, and all others stay where they are. */
export function cornered(id: number, piece: PlanPiece, corner: number, to: Vec): Step[] {
  const angle = piece.kind === "rock" ? -piece.angle : 0;
  const moved = finely(placed([[to.x - piece.x, to.y - piece.y]], 0, 0, angle))[0]!;
  return [{ do: "change", id, points: piece.points.map((point, at) => (at === corner ? moved : point)) }];
}

/** As they will be when these steps are taken: for showing where things go before they are let go. */
export function foreseen(chosen: Chosen, steps: readonly Step[]): PlanPiece[] {
  return chosen.map(([id, piece]) => {
    const step = steps.find((one) => one.id === id);
    if (step?.do !== "change") return piece;
    const { do: _, id: __, ...fields } = step;
    return whole({ ...sent(piece), ...fields });
  });
}

export function snapped(value: number, grid = GRID_UNITS): number {
  return Math.round(value / grid) * grid;
}

function isAt({ points, closed, radius }: Outline, at: Vec, slack: number): boolean {
  const reach = radius + slack;
  if (closed && radius === 0 && contains(points, at)) return true;
  if (points.length === 1) return Math.hypot(points[0]![0] - at.x, points[0]![1] - at.y) <= reach;
  const ends = closed ? [...points, points[0]!] : points;
  return ends.slice(1).some((end, index) => distance(at, ends[index]!, end) <= reach);
}

function contains(points: readonly Point[], at: Vec): boolean {
  let inside = false;
  points.forEach(([x, y], index) => {
    const [before_x, before_y] = points.at(index - 1)!;
    if (y > at.y !== before_y > at.y && at.x < ((before_x - x) * (at.y - y)) / (before_y - y) + x) inside = !inside;
  });
  return inside;
}

function distance(at: Vec, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - ax) * dx + (at.y - ay) * dy) / squared));
  return Math.hypot(at.x - ax - along * dx, at.y - ay - along * dy);
}

function placed(points: readonly Point[], x: number, y: number, angle: number): Point[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return points.map(([px, py]) => [x + px * cos - py * sin, y + px * sin + py * cos] as const);
}

function rectangle(half_width: number, half_height: number): Point[] {
  return [[-half_width, -half_height], [half_width, -half_height], [half_width, half_height], [-half_width, half_height]];
}

function finely(points: readonly Point[]): Point[] {
  return points.map(([x, y]) => [rounded(x), rounded(y)] as const);
}
