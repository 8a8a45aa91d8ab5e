/**
 * What one who builds is doing: the tool in hand, what is selected, where they look, and the edits that come of it.
 *
 * It knows nothing of the page; `Builder` feeds it pointers and keys in world units, and `paint` draws what it holds.
 */

import { STEPS_MAX, sent, type PieceKind, type PlanPiece, type Point, type Sent, type Step, type Vec } from "@ricochet/sdk";
import { type Box, type Chosen, boxOf, cornered, cornersOf, foreseen, middleOf, moved, pieceAt, piecesIn, scaled, snapped, turned } from "./geometry";
import type { Site } from "./site";

export type Tool = "select" | PieceKind;

/** A drag that has begun and not ended. */
export type Drag =
  | { readonly what: "move" | "turn" | "scale"; readonly from: Vec; to: Vec; readonly chosen: Chosen }
  | { readonly what: "corner"; readonly from: Vec; to: Vec; readonly chosen: Chosen; readonly corner: number }
  | { readonly what: "frame" | "draw"; readonly from: Vec; to: Vec }
  | { readonly what: "pan"; readonly from: Vec; to: Vec };

/** What the pointer can take hold of: a handle of the selection, or a corner by its place among the corners. */
export type Handle = "turn" | "scale" | number;

export const TURN_STEP = Math.PI / 12;
const SCALE_STEP = 1.25;
const LENGTH_UNITS = 160;
/** A drag that is shorter is a click. */
const CLICK_UNITS = 10;
const ROCK: readonly Point[] = [[-44, -14], [-16, -44], [26, -38], [46, 0], [22, 40], [-26, 36]];
const NUMBERS = 2 ** 53 - 1;

export class Editor {
  tool: Tool = "select";
  readonly selected = new Set<number>();
  /** Where the pointer is; null: outside. */
  pointer: Vec | null = null;
  /** Where we look from. */
  eye: Vec = { x: 0, y: 0 };
  drag: Drag | null = null;
  snaps = true;
  /** The corner that the keyboard has in hand. */
  #corner: number | null = null;
  readonly #site: Site;
  readonly #random: () => number;

  constructor(site: Site, random: () => number = Math.random) {
    this.#site = site;
    this.#random = random;
  }

  get pieces(): ReadonlyMap<number, PlanPiece> {
    return this.#site.draft.plan?.pieces ?? new Map<number, PlanPiece>();
  }

  /** What is selected and still there. */
  get chosen(): Chosen {
    return [...this.selected].flatMap((id) => {
      const piece = this.pieces.get(id);
      return piece ? [[id, piece] as const] : [];
    });
  }

  /** Of what is selected, if it is one piece that has any. */
  get corners(): readonly Point[] {
    const [only, ...rest] = this.chosen;
    return only && rest.length === 0 ? cornersOf(only[1]) : [];
  }

  /** The one that the keyboard has in hand. */
  get corner(): number | null {
    return this.#corner !== null && this.#corner < this.corners.length ? this.#corner : null;
  }

  get box(): Box | null {
    return boxOf(this.chosen);
  }

  /** What the drag would do if it ended now. */
  get steps(): Step[] {
    const { drag } = this;
    if (drag?.what === "move") {
      const { x, y } = this.#way(drag);
      return moved(drag.chosen, x, y);
    }
    if (drag?.what === "turn") return turned(drag.chosen, middleOf(boxOf(drag.chosen)!), this.#angle(drag));
    if (drag?.what === "corner") {
      const [id, piece] = drag.chosen[0]!;
      return cornered(id, piece, drag.corner, this.#finely(drag.to));
    }
    if (drag?.what === "scale") return scaled(drag.chosen, middleOf(boxOf(drag.chosen)!), this.#factor(drag));
    return [];
  }

  /** The selection as it is shown, a drag included. */
  get preview(): PlanPiece[] {
    const { drag } = this;
    return drag && "chosen" in drag ? foreseen(drag.chosen, this.steps) : this.chosen.map(([, piece]) => piece);
  }

  /** By how much a move under way has moved. */
  get way(): Vec {
    return this.drag?.what === "move" ? this.#way(this.drag) : { x: 0, y: 0 };
  }

  // pointers ----------------------------------------------------------------------------------------------------

  /** Pressed at a place; `handle` if on one. `adds`: to what is selected. */
  press(at: Vec, slack: number, handle: Handle | null, adds: boolean): void {
    this.pointer = at;
    if (typeof handle === "number") {
      this.#corner = handle;
      this.drag = { what: "corner", from: at, to: at, chosen: this.chosen, corner: handle };
      return;
    }
    if (handle && this.chosen.length > 0) {
      this.drag = { what: handle, from: at, to: at, chosen: this.chosen };
      return;
    }
    if (this.tool !== "select") {
      this.drag = { what: "draw", from: this.#onGrid(at), to: this.#onGrid(at) };
      return;
    }
    const id = pieceAt(this.pieces, at, slack);
    if (id === null) {
      if (!adds) this.selected.clear();
      this.drag = { what: adds ? "frame" : "pan", from: at, to: at };
      return;
    }
    this.#choose(id, adds);
    this.drag = { what: "move", from: at, to: at, chosen: this.chosen };
  }

  move(at: Vec): void {
    this.pointer = at;
    if (this.drag) this.drag.to = this.drag.what === "draw" ? this.#onGrid(at) : at;
  }

  /** Let go: done, if it was more than a click. */
  release(): void {
    const { drag, steps } = this;
    this.drag = null;
    if (!drag) return;
    const length = Math.hypot(drag.to.x - drag.from.x, drag.to.y - drag.from.y);
    if (drag.what === "draw") this.#put(drag.from, length < CLICK_UNITS ? null : drag.to);
    else if (drag.what === "frame") this.#frame(drag.from, drag.to);
    else if (steps.length > 0 && length > 0) this.#take(steps);
  }

  /** Whether there was anything to give up. */
  cancel(): boolean {
    const had = this.drag !== null || this.corner !== null || this.tool !== "select" || this.selected.size > 0;
    if (this.drag) this.drag = null;
    else if (this.corner !== null) this.#corner = null;
    else if (this.tool !== "select") this.tool = "select";
    else this.selected.clear();
    return had;
  }

  // commands ----------------------------------------------------------------------------------------------------

  /** What the tool makes, in the middle of what is seen. */
  putHere(): void {
    if (this.tool !== "select") this.#put(this.#onGrid(this.eye), null);
  }

  remove(): void {
    if (this.#take(this.chosen.map(([id]) => ({ do: "remove", id })))) this.selected.clear();
  }

  turn(angle: number): void {
    const { box, chosen } = this;
    if (box) this.#take(turned(chosen, middleOf(box), angle));
  }

  scale(way: 1 | -1): void {
    const { box, chosen } = this;
    if (box) this.#take(scaled(chosen, middleOf(box), SCALE_STEP ** way));
  }

  /** The corner in hand, or else all that is selected. */
  nudge(dx: number, dy: number): void {
    const [only] = this.chosen;
    const at = this.corner === null ? undefined : this.corners[this.corner];
    if (only && at) this.#take(cornered(only[0], only[1], this.corner!, { x: at[0] + dx, y: at[1] + dy }));
    else this.#take(moved(this.chosen, dx, dy));
  }

  /** The next corner of the selected piece, or the one before, is in hand; for who has no pointer. */
  walkCorners(way: 1 | -1): void {
    const { corner, corners: { length } } = this;
    if (length === 0) return;
    this.#corner = corner === null ? (way > 0 ? 0 : length - 1) : (corner + way + length) % length;
  }

  duplicate(): void {
    const { box, chosen } = this;
    if (!box) return;
    const shift = Math.min(box.right - box.left, 96) + 32;
    const copies = chosen.map(([, piece]) => ({ do: "add", id: this.#number(), piece: { ...sent(piece), x: piece.x + shift } }) as const);
    if (this.#take(copies)) this.#select(copies.map(({ id }) => id));
  }

  /** The next piece, or the one before, is selected; for who has no pointer. */
  walk(way: 1 | -1): void {
    const ids = [...this.pieces.keys()];
    if (ids.length === 0) return;
    const [first] = this.selected;
    const at = first === undefined ? (way > 0 ? -1 : 0) : ids.indexOf(first);
    const id = ids[(at + way + ids.length) % ids.length]!;
    this.#select([id]);
    const { x, y } = this.pieces.get(id)!;
    this.eye = { x, y };
  }

  /** A wall's or goal's own property: a wall closes its ring, a goal changes its team. */
  flip(): void {
    const steps = this.chosen.flatMap(([id, piece]): Step[] => {
      if (piece.kind === "wall" && piece.points.length > 2) return [{ do: "change", id, closed: !piece.closed }];
      if (piece.kind === "goal") return [{ do: "change", id, team: piece.team === 1 ? 2 : 1 }];
      return [];
    });
    if (steps.length > 0) this.#take(steps);
  }

  /** Walls only: thicker or thinner. */
  thicken(way: 1 | -1): void {
    const thick = (radius: number) => Math.min(64, Math.max(16, radius + 8 * way));
    const walls = this.chosen.filter(([, { kind }]) => kind === "wall");
    if (walls.length > 0) this.#take(walls.map(([id, { radius }]) => ({ do: "change", id, radius: thick(radius) })));
  }

  // -------------------------------------------------------------------------------------------------------------

  #choose(id: number, adds: boolean): void {
    if (adds && this.selected.has(id)) this.selected.delete(id);
    else if (adds || this.selected.has(id)) this.#select([...this.selected, id]);
    else this.#select([id]);
  }

  #select(ids: readonly number[]): void {
    this.#corner = null;
    this.selected.clear();
    for (const id of ids.slice(-STEPS_MAX)) this.selected.add(id);
  }

  #frame(from: Vec, to: Vec): void {
    const box = {
      left: Math.min(from.x, to.x), right: Math.max(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y),
    };
    this.#select([...this.selected, ...piecesIn(this.pieces, box)]);
  }

  #put(from: Vec, to: Vec | null): void {
    const id = this.#number();
    if (this.#take([{ do: "add", id, piece: this.#make(from, to) }])) this.#select([id]);
  }

  #make(from: Vec, to: Vec | null): Sent {
    const kind = this.tool as PieceKind;
    const end = to ?? { x: from.x + LENGTH_UNITS, y: from.y };
    const middle = { x: (from.x + end.x) / 2, y: (from.y + end.y) / 2 };
    const half = { x: Math.max(16, Math.abs(end.x - from.x) / 2), y: Math.max(16, Math.abs(end.y - from.y) / 2) };
    const [width, height] = to ? [half.x, half.y] : [48, 48];
    const { x, y } = to ? middle : from;
    if (kind === "wall") {
      const [dx, dy] = to ? [(to.x - from.x) / 2, (to.y - from.y) / 2] : [LENGTH_UNITS / 2, 0];
      return { kind, x, y, points: [[-dx, -dy], [dx, dy]] };
    }
    if (kind === "block") return { kind, x, y, points: [[-width, -height], [width, -height], [width, height], [-width, height]] };
    if (kind === "rock") return { kind, x: from.x, y: from.y, points: ROCK };
    if (kind === "goal") return { kind, x, y, width: Math.max(64, 2 * width), height: Math.max(64, 2 * height), team: this.#team() };
    return { kind, x: from.x, y: from.y };
  }

  /** The first goal is team 1's, the next one team 2's. */
  #team(): number {
    return [...this.pieces.values()].some(({ kind, team }) => kind === "goal" && team === 1) ? 2 : 1;
  }

  #take(steps: readonly Step[]): boolean {
    return steps.length > 0 && this.#site.edit(steps);
  }

  #way({ from, to }: Drag): Vec {
    const snap = (value: number) => (this.snaps ? snapped(value, 8) : value);
    return { x: snap(to.x - from.x), y: snap(to.y - from.y) };
  }

  #angle(drag: Drag & { chosen: Chosen }): number {
    const { x, y } = middleOf(boxOf(drag.chosen)!);
    const angle = Math.atan2(drag.to.y - y, drag.to.x - x) - Math.atan2(drag.from.y - y, drag.from.x - x);
    return this.snaps ? snapped(angle, TURN_STEP) : angle;
  }

  #factor(drag: Drag & { chosen: Chosen }): number {
    const { x, y } = middleOf(boxOf(drag.chosen)!);
    const apart = (at: Vec) => Math.max(1, Math.hypot(at.x - x, at.y - y));
    const factor = Math.min(8, Math.max(0.125, apart(drag.to) / apart(drag.from)));
    return this.snaps ? Math.max(0.125, snapped(factor, 0.125)) : factor;
  }

  #finely({ x, y }: Vec): Vec {
    return this.snaps ? { x: snapped(x, 8), y: snapped(y, 8) } : { x, y };
  }

  #onGrid({ x, y }: Vec): Vec {
    return this.snaps ? { x: snapped(x), y: snapped(y) } : { x, y };
  }

  #number(): number {
    return 1 + Math.floor(this.#random() * NUMBERS);
  }
}
