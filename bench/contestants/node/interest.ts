/**
 * Who sees what, kept up to date by what changed: the bookkeeping of a library that wants to be told when something
 * comes into a viewer's sight and when it leaves, as Colyseus' StateView does.
 *
 * A viewer sees all in the cells of its block. Cost grows with cells crossed, not with viewers × things.
 */

import type { Grid } from "./world.ts";

/** Told each change of one viewer's sight, once. */
export interface Sight<Thing> {
  add(thing: Thing): void;
  remove(thing: Thing): void;
}

interface Cell<Thing> {
  readonly things: Set<Thing>;
  readonly viewers: Set<Sight<Thing>>;
}

const NOTHING: readonly number[] = [];

export class Interest<Thing> {
  private readonly grid: Grid;
  private readonly cells: readonly Cell<Thing>[];
  private readonly cellOf = new Map<Thing, number>();
  private readonly blockOf = new Map<Sight<Thing>, readonly number[]>();

  constructor(grid: Grid) {
    this.grid = grid;
    this.cells = Array.from({ length: grid.count }, () => ({ things: new Set(), viewers: new Set() }));
  }

  /** A thing is at this place now, perhaps for the first time. */
  place(thing: Thing, x: number, y: number): void {
    const to = this.grid.cellAt(x, y);
    const from = this.cellOf.get(thing);
    if (from === to) return;
    this.cellOf.set(thing, to);
    const entered = this.cells[to]!;
    const left = from === undefined ? undefined : this.cells[from];
    left?.things.delete(thing);
    entered.things.add(thing);
    for (const viewer of left?.viewers ?? []) if (!entered.viewers.has(viewer)) viewer.remove(thing);
    for (const viewer of entered.viewers) if (!left?.viewers.has(viewer)) viewer.add(thing);
  }

  /** A viewer looks from this place now, perhaps for the first time. */
  look(viewer: Sight<Thing>, x: number, y: number): void {
    this.see(viewer, this.grid.around(x, y));
  }

  /** The thing is no more, and nobody looks through `viewer` any more; its sight is not told. */
  forget(thing: Thing, viewer: Sight<Thing>): void {
    for (const cell of this.blockOf.get(viewer) ?? NOTHING) this.cells[cell]!.viewers.delete(viewer);
    this.blockOf.delete(viewer);
    const cell = this.cellOf.get(thing);
    if (cell !== undefined) this.cells[cell]!.things.delete(thing);
    this.cellOf.delete(thing);
  }

  private see(viewer: Sight<Thing>, block: readonly number[]): void {
    const before = this.blockOf.get(viewer) ?? NOTHING;
    if (before === block) return;
    this.blockOf.set(viewer, block);
    for (const cell of before) {
      if (block.includes(cell)) continue;
      this.cells[cell]!.viewers.delete(viewer);
      for (const thing of this.cells[cell]!.things) viewer.remove(thing);
    }
    for (const cell of block) {
      if (before.includes(cell)) continue;
      this.cells[cell]!.viewers.add(viewer);
      for (const thing of this.cells[cell]!.things) viewer.add(thing);
    }
  }
}
