/**
 * The past of every figure, as uPlot wants it: a column of times and one for each line. Pure, and bounded.
 *
 * Where news was missing for longer than it should, a line is broken rather than drawn across what nobody knows.
 */

import type { Figure } from "./figures";
import type { Moment, PastColumns } from "./wire";

export const POINTS_MAX = 1200;
/** So many intervals without news break a line. */
const GAP = 3;

export type Columns = [number[], ...(number | null)[][]];

/** What is remembered, moment by moment. */
export function momentsOf(past: PastColumns): Moment[] {
  const at = (columns: PastColumns["gauges"], n: number) =>
    Object.fromEntries(Object.entries(columns).flatMap(([name, column]) => (typeof column[n] === "number" ? [[name, column[n]]] : [])));
  return past.at_ms.map((at_ms, n) => ({
    at_ms, seconds: past.seconds[n] ?? 0, ticks: past.ticks[n] ?? 0, duration_ms: past.duration_ms[n] ?? null,
    lateness_ms: past.lateness_ms[n] ?? null, gauges: at(past.gauges, n), rates: at(past.rates, n),
  }));
}

export class Past {
  #at_s: number[] = [];
  readonly #columns: Map<Figure, (number | null)[][]>;

  constructor(figures: readonly Figure[]) {
    this.#columns = new Map(figures.map((figure) => [figure, figure.lines.map(() => [])]));
  }

  /** The latest. Where it is earlier than what is known, the server's clock was set back. */
  tell(stats: Moment, every_s: number): void {
    const later = this.#at_s.findIndex((at_s) => at_s >= stats.at_ms / 1000);
    if (later >= 0) for (const column of [this.#at_s, ...[...this.#columns.values()].flat()]) column.length = later;
    this.push(stats, every_s);
  }

  /** One more; what is older than the newest, or too old, is left out. */
  push(stats: Moment, every_s: number): void {
    const at_s = stats.at_ms / 1000;
    const newest_s = this.#at_s.at(-1);
    if (newest_s !== undefined && at_s <= newest_s) return;
    if (newest_s !== undefined && at_s - newest_s > GAP * Math.max(every_s, stats.seconds)) this.#append(newest_s + every_s, null);
    this.#append(at_s, stats);
  }

  /** Of the last so many seconds. */
  columns(figure: Figure, window_s: number): Columns {
    const since_s = (this.#at_s.at(-1) ?? 0) - window_s;
    const from = this.#at_s.findIndex((at_s) => at_s >= since_s);
    const cut = <T>(column: T[]) => column.slice(Math.max(0, from));
    return [cut(this.#at_s), ...(this.#columns.get(figure) ?? []).map(cut)];
  }

  #append(at_s: number, stats: Moment | null): void {
    this.#at_s.push(at_s);
    if (this.#at_s.length > POINTS_MAX) this.#at_s.shift();
    for (const [{ lines }, columns] of this.#columns) {
      for (const [n, column] of columns.entries()) {
        column.push(stats === null ? null : (lines[n]?.read(stats) ?? null));
        if (column.length > POINTS_MAX) column.shift();
      }
    }
  }
}
