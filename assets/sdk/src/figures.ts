/**
 * How well what was foreseen came true, in figures: for the F3 panel, and for tests that read them from outside (`probe`).
 *
 * Errors and corrections are told apart by what our ship touched in the last ticks: other ships, else rocks (and crates), else
 * walls, else nothing ("flight"). Where the server had to do without an input of ours in that time, or its clock stood still, the ship
 * went where nobody could have foreseen, and that is told apart from all these ("late"). Each figure keeps its latest KEPT values.
 */

import { CATEGORY_BITS, WALL } from "./physics";
import type { Reconciled } from "./prediction";

export type Situation = "flight" | "walls" | "rocks" | "contact" | "late";

/** The worst first. */
const SITUATIONS: readonly (readonly [Situation, bits: number])[] = [
  ["contact", CATEGORY_BITS["ship"]!],
  ["rocks", CATEGORY_BITS["rock"]! | CATEGORY_BITS["crate"]! | CATEGORY_BITS["ball"]!],
  ["walls", WALL],
];
/** What happened at a tick may still be wrong in a prediction so many ticks later, besides the lead that it was made with. */
export const WINDOW_TICKS = 12;
/** Inputs that came earlier were made for a server whose clock has been set back since. */
export const SLACK_MS_MAX = 400;
const NOTES_KEPT = 256;
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
  /** Snapshots that told of a late input, and all. */
  late = 0;
  timed = 0;
  readonly #spreads = new Map<string, Spread>();
  #late_tick = -Infinity;
  readonly #touched: { tick: number; bits: number }[] = [];

  /** Our ship, as foreseen for `tick`, touched what these category bits say. */
  touched(tick: number, bits: number): void {
    if (bits === 0) return;
    this.#touched.push({ tick, bits });
    if (this.#touched.length > NOTES_KEPT) this.#touched.shift();
  }

  /** What our ship has been doing since a little before `tick` was foreseen, if that was `lead_ticks` before it came. */
  situation(tick: number, lead_ticks: number): Situation {
    const since = tick - lead_ticks - WINDOW_TICKS;
    if (this.#late_tick > since) return "late";
    let bits = 0;
    for (const note of this.#touched) if (note.tick > since) bits |= note.bits;
    return SITUATIONS.find(([, wanted]) => (bits & wanted) !== 0)?.[0] ?? "flight";
  }

  /** Begins anew. */
  forget(): void {
    this.#spreads.clear();
    this.replayed_body_ticks = this.bodies_left_out = this.late = this.timed = 0;
  }

  add(name: string, value: number): void {
    let spread = this.#spreads.get(name);
    if (!spread) {
      spread = new Spread();
      this.#spreads.set(name, spread);
    }
    spread.add(value);
  }

  /** A snapshot of `tick` has been held against a prediction that is so far ahead of it; what our ship was doing. */
  reconciled(tick: number, lead_ticks: number, { error_units, surprise_units, correction_units, replayed_ticks, bodies, bodies_left_out }: Reconciled): Situation {
    const situation = this.situation(tick, lead_ticks);
    if (error_units !== null && surprise_units !== null) {
      this.add(`own_error_units.${situation}`, error_units);
      this.add(`surprise_units.${situation}`, surprise_units);
      this.add(`correction_shown_units.${situation}`, correction_units);
    }
    this.replayed_body_ticks += replayed_ticks * (1 + bodies);
    this.bodies_left_out += bodies_left_out;
    return situation;
  }

  /** The snapshot of `tick` told how early the tightest of our inputs came, and for which tick the newest was that had been simulated. */
  punctual(tick: number, ack: number, slack_ms: number | null): void {
    const late = slack_ms !== null && slack_ms < 0;
    if (slack_ms !== null) this.add("slack_ms", slack_ms);
    this.timed += 1;
    if (late) this.late += 1;
    if (late || ack < tick || (slack_ms ?? 0) > SLACK_MS_MAX) this.#late_tick = tick;
  }

  summaries(): Record<string, Summary> {
    return Object.fromEntries([...this.#spreads].map(([name, spread]) => [name, spread.summary()]));
  }
}
