/**
 * The tick: the only clock that both ends share. The twin of `protocol/ticks.py`.
 *
 * A tick is one step of the simulation, counted from the room's first.
 */

/** How often a room thinks and how often it speaks, both per second; `tick_rate` is a multiple of `snapshot_rate`. */
export interface Rates {
  tick_rate: number;
  snapshot_rate: number;
}

/** Ticks from one snapshot to the next. */
export function snapshotInterval(rates: Rates): number {
  return rates.tick_rate / rates.snapshot_rate;
}

/** The nearest whole number of ticks in `seconds`, at least one. */
export function ticksIn(seconds: number, tick_rate: number): number {
  return Math.max(1, Math.round(seconds * tick_rate));
}
