/**
 * A fixed-rate loop on absolute deadlines, `epoch + n / rate`: it neither drifts nor counts its own work as time,
 * as `setInterval` does. Nothing spins; timers count whole milliseconds, so a tick may begin up to one early.
 *
 * Behind, ticks follow each other at once, but with a look at the sockets between them. Behind by more than
 * CATCH_UP_TICKS_MAX, the epoch moves: the game runs slower for a moment.
 */

const CATCH_UP_TICKS_MAX = 5;
/** Lateness is remembered of so many ticks, half an hour of them at 30 a second; then the oldest are forgotten. */
const TICKS_REMEMBERED_MAX = 65_536;

export interface LatenessReport {
  lateness_ms_p50: number;
  lateness_ms_p99: number;
  ticks: number;
}

/** How late after its deadline each tick began. */
export class Lateness {
  private readonly late_ms = new Float64Array(TICKS_REMEMBERED_MAX);
  private ticks = 0;

  record(ms: number): void {
    this.late_ms[this.ticks++ % TICKS_REMEMBERED_MAX] = Math.max(0, ms);
  }

  /** Start a new window. */
  forget(): void {
    this.ticks = 0;
  }

  report(): LatenessReport {
    const sorted = this.late_ms.slice(0, Math.min(this.ticks, TICKS_REMEMBERED_MAX)).sort();
    const percentile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return { lateness_ms_p50: percentile(0.5), lateness_ms_p99: percentile(0.99), ticks: this.ticks };
  }
}

/** Call `tick` with 1, 2, 3 … at `rate` per second, for as long as the process lives. */
export function keepTime(rate: number, tick: (number: number) => void, lateness: Lateness): void {
  const interval_ms = 1000 / rate;
  let epoch_ms = performance.now();
  let number = 0;

  const wait = () => {
    const remaining_ms = epoch_ms + (number + 1) * interval_ms - performance.now();
    if (remaining_ms < -CATCH_UP_TICKS_MAX * interval_ms) epoch_ms -= remaining_ms;
    if (remaining_ms < 1) setImmediate(run);
    else setTimeout(run, remaining_ms);
  };
  const run = () => {
    number += 1;
    lateness.record(performance.now() - (epoch_ms + number * interval_ms));
    tick(number);
    wait();
  };
  wait();
}
