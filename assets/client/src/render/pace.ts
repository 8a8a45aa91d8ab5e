/**
 * Keeps the picture fluent on any machine: when render frames come too slowly, it is drawn with fewer pixels.
 *
 * Judged by the median over a second or more, so that a hitch changes nothing; only ever downwards, so that the picture
 * doesn't flicker between two sharpnesses. Pure: times come in.
 */

/** Shares of the screen's own resolution. */
const STEPS = [1, 0.75, 0.5];
const SLOW_MS = 24;
const WATCH_MS = 1200;
const WATCH_COUNT_MIN = 5;

export class Pace {
  /** What to multiply the resolution by. */
  share = 1;
  private readonly intervals_ms: number[] = [];
  private watched_ms = 0;
  private step = 0;

  /** Takes the time since the previous render frame; returns whether `share` changed. */
  note(interval_ms: number): boolean {
    this.intervals_ms.push(interval_ms);
    this.watched_ms += interval_ms;
    if (this.watched_ms < WATCH_MS || this.intervals_ms.length < WATCH_COUNT_MIN) return false;
    const slow = median(this.intervals_ms) > SLOW_MS;
    this.intervals_ms.length = 0;
    this.watched_ms = 0;
    const next = STEPS[this.step + 1];
    if (!slow || next === undefined) return false;
    this.step += 1;
    this.share = next;
    return true;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
