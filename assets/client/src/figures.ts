/**
 * How well what was foreseen came true, in figures: for the F3 panel, and for tests that read them from outside (`probe`).
 *
 * Errors and corrections are told apart by what our ship touched in the last WINDOW_TICKS: other ships, else rocks (and crates), else
 * walls, else nothing ("flight"). Each figure keeps its latest KEPT values.
 */

import { CATEGORY_BITS, WALL } from "./physics";
import type { Reconciled } from "./prediction";

export type Situation = "flight" | "walls" | "rocks" | "contact";

/** The worst first. */
const SITUATIONS: readonly (readonly [Situation, bits: number])[] = [
  ["contact", CATEGORY_BITS["ship"]!],
  ["rocks", CATEGORY_BITS["rock"]! | CATEGORY_BITS["crate"]! | CATEGORY_BITS["ball"]!],
  ["walls", WALL],
];
/** What happened at a tick may still be wrong in a prediction that was made so many ticks later. */
export const WINDOW_TICKS = 24;
const NOTES_KEPT = 64;
export const KEPT = 4096;

export interface Summary {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The latest values of one figure. */
export class Spread {
  /** Of all that were ever added. */
  count = 0;
  readonly #values = new Float64Array(KEPT);

  add(value: number): void {
    this.#values[this.count % KEPT] = value;
    this.count += 1;
  }

  /** Of those kept; noughts where there are none. */
  summary(): Summary {
    const sorted = this.#values.slice(0, Math.min(this.count, KEPT)).sort();
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { count: this.count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}

export class Figures {
  replayed_body_ticks = 0;
  bodies_left_out = 0;
  /** Snapshots that told of a late input, and all that told of any. */
  late = 0;
  timed = 0;
  readonly #spreads = new Map<string, Spread>();
  readonly #touched: { tick: number; bits: number }[] = [];

  /** Our ship, as foreseen for `tick`, touched what these category bits say. */
  touched(tick: number, bits: number): void {
    if (bits === 0) return;
    this.#touched.push({ tick, bits });
    if (this.#touched.length > NOTES_KEPT) this.#touched.shift();
  }

  /** What our ship has been doing since a little before `tick`. */
  situation(tick: number): Situation {
    let bits = 0;
    for (const note of this.#touched) if (note.tick > tick - WINDOW_TICKS) bits |= note.bits;
    return SITUATIONS.find(([, wanted]) => (bits & wanted) !== 0)?.[0] ?? "flight";
  }

  add(name: string, value: number): void {
    let spread = this.#spreads.get(name);
    if (!spread) {
      spread = new Spread();
      this.#spreads.set(name, spread);
    }
    spread.add(value);
  }

  /** A snapshot of `tick` has been held against the prediction; what it was doing then. */
  reconciled(tick: number, { error_units, correction_units, replayed_ticks, bodies, bodies_left_out }: Reconciled): Situation {
    const situation = this.situation(tick);
    if (error_units !== null) {
      this.add(`own_error_units.${situation}`, error_units);
      this.add(`correction_shown_units.${situation}`, correction_units);
    }
    this.replayed_body_ticks += replayed_ticks * (1 + bodies);
    this.bodies_left_out += bodies_left_out;
    return situation;
  }

  /** A snapshot told how early the tightest of our inputs came. */
  slack(slack_ms: number): void {
    this.add("slack_ms", slack_ms);
    this.timed += 1;
    if (slack_ms < 0) this.late += 1;
  }

  summaries(): Record<string, Summary> {
    return Object.fromEntries([...this.#spreads].map(([name, spread]) => [name, spread.summary()]));
  }
}
