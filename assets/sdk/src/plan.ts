/**
 * A plan: an arena that people build together, as a document of pieces; and the steps that change it. The twin of
 * `protocol/plan.py`, which says why it is as it is.
 *
 *     apply      a plan, and steps           -> the next plan and what became of each piece; throws `Refused`
 *     revert     a plan, and what was done   -> the steps that undo it, as far as nobody has changed it since
 *
 * Both ends apply the same steps in the same order, and what they hold is equal to the bit. Only the server asks whether a
 * plan can be played. Plans and pieces never change; `apply` makes others.
 */

import { crc32 } from "./checksum";
import type { Arena, Point } from "./scene";

export type PieceKind = "wall" | "block" | "rock" | "crate" | "spawn" | "goal";

export interface Piece {
  readonly kind: PieceKind;
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  /** Around (x, y). */
  readonly points: readonly Point[];
  readonly radius: number;
  readonly closed: boolean;
  readonly width: number;
  readonly height: number;
  readonly team: number;
}

export type Fields = Partial<Omit<Piece, "kind">>;
/** On the wire: fields at their defaults may be missing. */
export type Sent = Pick<Piece, "kind" | "x" | "y"> & Fields;

export type Step =
  | { readonly do: "add"; readonly id: number; readonly piece: Sent }
  | ({ readonly do: "change"; readonly id: number } & Fields)
  | { readonly do: "remove"; readonly id: number };

export interface Plan {
  readonly size: { readonly width: number; readonly height: number };
  /** By number, in the order of the arena. */
  readonly pieces: ReadonlyMap<number, Piece>;
}

/** What became of a piece; null: it wasn't, or isn't, there. */
export interface Affected {
  readonly id: number;
  readonly before: Piece | null;
  readonly after: Piece | null;
}

/** These steps can't be taken; the message is for whoever wanted to take them. */
export class Refused extends Error {}

export const PIECES_MAX = 1000;
export const POINTS_MAX = 4000;
export const STEPS_MAX = 16;

const TRAITS: Readonly<Record<PieceKind, readonly (keyof Fields)[]>> = {
  wall: ["points", "radius", "closed"],
  block: ["points"],
  rock: ["points", "angle"],
  crate: ["angle"],
  spawn: ["angle"],
  goal: ["width", "height", "team"],
};
export const KINDS = Object.keys(TRAITS) as PieceKind[];
const FIELDS = ["x", "y", "angle", "points", "radius", "closed", "width", "height", "team"] as const;
const DEFAULTS = { angle: 0, points: [], radius: 16, closed: false, width: 0, height: 0, team: 0 } as const;

/** The plan after all `steps`, and what they did, one line for each piece. Throws Refused: then nothing is done. */
export function apply(plan: Plan, steps: readonly Step[]): { plan: Plan; done: Affected[] } {
  const pieces = new Map(plan.pieces);
  for (const step of steps) take(pieces, step);
  checkBounds(pieces);
  const touched = [...new Set(steps.map(({ id }) => id))];
  const done = touched.map((id) => ({ id, before: plan.pieces.get(id) ?? null, after: pieces.get(id) ?? null }));
  return { plan: { size: plan.size, pieces }, done: done.filter(({ before, after }) => !equal(before, after)) };
}

/** What undoes it now. What others have done since is not undone; nothing at all may be left to undo. */
export function revert(plan: Plan, done: readonly Affected[]): Step[] {
  const steps: Step[] = [];
  for (const { id, before, after } of [...done].reverse()) {
    const now = plan.pieces.get(id);
    if (!before) {
      if (now) steps.push({ do: "remove", id });
    } else if (!after) {
      if (!now) steps.push({ do: "add", id, piece: sent(before) });
    } else if (now && before.kind !== after.kind) {
      if (equal(now, after)) steps.push({ do: "remove", id }, { do: "add", id, piece: sent(before) });
    } else if (now) {
      const fields = unchanged(before, after, now);
      if (Object.keys(fields).length > 0) steps.push({ do: "change", id, ...fields });
    }
  }
  return steps;
}

/** CRC-32 over all numbers of all pieces, in order, as little-endian doubles. */
export function planChecksum(plan: Plan): number {
  const numbers: number[] = [];
  for (const [id, { kind, x, y, angle, radius, closed, width, height, team, points }] of plan.pieces) {
    numbers.push(id, KINDS.indexOf(kind), x, y, angle, radius, Number(closed), width, height, team, points.length, ...points.flat());
  }
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((value, at) => view.setFloat64(8 * at, value, true));
  return crc32(new Uint8Array(view.buffer));
}

/** The arena that a plan is: for drawing and for prediction, to the bit the server's. */
export function arenaOf({ size, pieces }: Plan, name: string): Arena {
  const all = [...pieces.values()];
  const of = (kind: PieceKind) => all.filter((piece) => piece.kind === kind);
  const place = ({ x, y, angle }: Piece) => ({ x, y, angle });
  return {
    name,
    size: { ...size },
    spawns: of("spawn").map(place),
    walls: of("wall").map((piece) => ({ points: pointsOf(piece), radius: piece.radius, closed: piece.closed })),
    blocks: of("block").map((piece) => ({ points: pointsOf(piece) })),
    rocks: of("rock").map(({ points, x, y, angle }) => ({ points, x, y, angle })),
    crates: of("crate").map(place),
    goals: of("goal").map(({ x, y, width, height, team }) => ({ x, y, width, height, team })),
  };
}

/** Where a piece's points are in the arena. */
export function pointsOf({ x, y, points }: Piece): Point[] {
  return points.map(([px, py]) => [rounded(x + px), rounded(y + py)] as const);
}

/** With all fields, as it is kept. */
export function whole(piece: Sent): Piece {
  return tidy({ ...DEFAULTS, ...piece });
}

/** Only what is not at its default. */
export function sent(piece: Piece): Sent {
  const { kind, x, y } = piece;
  return { kind, x, y, ...Object.fromEntries(TRAITS[kind].map((name) => [name, piece[name]])) };
}

/** To thousandths of a unit; never the negative zero. */
export function rounded(value: number): number {
  return Math.floor(value * 1000 + 0.5) / 1000;
}

function tidy(piece: Piece): Piece {
  const { kind, x, y, angle, points, radius, closed, width, height, team } = piece;
  return {
    kind,
    x: rounded(x),
    y: rounded(y),
    angle: angle + 0,
    points: points.map(([px, py]) => [rounded(px), rounded(py)] as const),
    radius: rounded(radius),
    closed,
    width: rounded(width),
    height: rounded(height),
    team,
  };
}

function take(pieces: Map<number, Piece>, step: Step): void {
  const now = pieces.get(step.id);
  if (step.do === "add") {
    if (now) throw new Refused("there is a piece of that number already");
    pieces.set(step.id, ofItsKind(whole(step.piece)));
  } else if (!now) {
    throw new Refused("somebody has removed it meanwhile");
  } else if (step.do === "remove") {
    pieces.delete(step.id);
  } else {
    const { do: _, id, ...fields } = step;
    pieces.set(id, ofItsKind(tidy({ ...now, ...fields })));
  }
}

function ofItsKind(piece: Piece): Piece {
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    if (!TRAITS[piece.kind].includes(name) && !same(piece[name], DEFAULTS[name])) throw new Refused(`a ${piece.kind} has no ${name}`);
  }
  return piece;
}

function checkBounds(pieces: ReadonlyMap<number, Piece>): void {
  if (pieces.size > PIECES_MAX) throw new Refused(`there is room for ${PIECES_MAX} pieces, and no more`);
  let points = 0;
  for (const piece of pieces.values()) points += piece.points.length;
  if (points > POINTS_MAX) throw new Refused(`there is room for ${POINTS_MAX} corners, and no more`);
}

/** The fields that are still as they were made, as they were before. */
function unchanged(before: Piece, after: Piece, now: Piece): Fields {
  const names = FIELDS.filter((name) => !same(before[name], after[name]) && same(now[name], after[name]));
  return Object.fromEntries(names.map((name) => [name, before[name]]));
}

function equal(one: Piece | null, other: Piece | null): boolean {
  if (!one || !other) return one === other;
  return one.kind === other.kind && FIELDS.every((name) => same(one[name], other[name]));
}

type Value = Piece[keyof Piece];

function same(one: Value, other: Value): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((point: Point, at) => point[0] === (other[at] as Point)[0] && point[1] === (other[at] as Point)[1]);
}
