/**
 * What this client believes: the published state of every entity in the cells it sees. The twin of `bots/view.py`.
 *
 * `apply` takes snapshots in the order they came. An entity that crosses a border is gone from one cell and has moved to,
 * or entered, another in the same snapshot; so who moves is looked up first, and everything that goes, goes before anything
 * is added. Where a checksum disagrees the
 * cell is named for a `resync`; the server then sends its keyframe. It must never happen, and is counted.
 *
 * Rule: published states are never changed in place. Whoever keeps one (interpolation does) keeps what was true.
 */

import { checksumOf } from "./checksum";
import type { Kind } from "./kinds";
import type { Published } from "./reckoning";
import { type CellDelta, type CellKeyframe, type Snapshot, changed } from "./snapshot";

export class View {
  /** The newest snapshot's tick. */
  tick = 0;
  checksum_mismatches = 0;
  readonly kinds: readonly Kind[];
  readonly tick_rate: number;
  /** Everything believed, by entity id. */
  readonly entities = new Map<number, Published>();
  readonly #cells = new Map<number, Map<number, Published>>();

  constructor(kinds: readonly Kind[], tick_rate: number) {
    this.kinds = kinds;
    this.tick_rate = tick_rate;
  }

  /** Takes a snapshot in; returns the cells whose checksum disagrees. */
  apply(snapshot: Snapshot): number[] {
    this.tick = snapshot.tick;
    for (const cell of snapshot.left) this.#forget(cell);
    const movers = this.#movers(snapshot.cells);
    for (const news of snapshot.cells) this.#remove(news);
    for (const news of snapshot.cells) this.#add(news, movers);
    const disagreeing = snapshot.cells.filter((news) => !this.#agrees(news)).map((news) => news.cell);
    this.checksum_mismatches += disagreeing.length;
    return disagreeing;
  }

  kindOf(entity: Published): Kind {
    const kind = this.kinds[entity.kind];
    if (!kind) throw new RangeError(`entity ${entity.id} is of kind ${entity.kind}, and there are ${this.kinds.length}`);
    return kind;
  }

  /** The ids of a cell's entities; undefined: the cell is not in sight. */
  cell(cell: number): ReadonlyMap<number, Published> | undefined {
    return this.#cells.get(cell);
  }

  #forget(cell: number): void {
    for (const id of this.#cells.get(cell)?.keys() ?? []) this.entities.delete(id);
    this.#cells.delete(cell);
  }

  #remove(news: CellKeyframe | CellDelta): void {
    if (news.keyframe) {
      this.#forget(news.cell);
      return;
    }
    const known = this.#known(news.cell);
    for (const id of news.gone) {
      if (known.delete(id)) this.entities.delete(id);
    }
  }

  /** Who comes from other cells, as it was believed there. */
  #movers(news: readonly (CellKeyframe | CellDelta)[]): Map<number, Published> {
    const movers = new Map<number, Published>();
    for (const one of news) {
      for (const { source, changed } of one.keyframe ? [] : one.moved) {
        for (const [id] of changed) {
          const believed = this.#cells.get(source)?.get(id!);
          if (believed) movers.set(id!, believed);
        }
      }
    }
    return movers;
  }

  #add(news: CellKeyframe | CellDelta, movers: ReadonlyMap<number, Published>): void {
    const known = this.#known(news.cell);
    for (const entity of news.keyframe ? news.entities : news.entered) this.#believe(known, entity);
    if (news.keyframe) return;
    for (const { changed } of news.moved) this.#change(known, movers, changed);
    this.#change(known, known, news.changed);
  }

  #change(known: Map<number, Published>, before: ReadonlyMap<number, Published>, changes: readonly number[][]): void {
    for (const change of changes) {
      const believed = before.get(change[0]!);
      // A cell whose checksum disagreed may lack it; the keyframe that was asked for is on its way.
      if (believed) this.#believe(known, changed(believed, change, this.kindOf(believed), this.tick, this.tick_rate));
    }
  }

  #believe(known: Map<number, Published>, entity: Published): void {
    known.set(entity.id, entity);
    this.entities.set(entity.id, entity);
  }

  #agrees(news: CellKeyframe | CellDelta): boolean {
    return news.checksum === null || news.checksum === checksumOf(this.#known(news.cell).values());
  }

  #known(cell: number): Map<number, Published> {
    let known = this.#cells.get(cell);
    if (!known) {
      known = new Map();
      this.#cells.set(cell, known);
    }
    return known;
  }
}
