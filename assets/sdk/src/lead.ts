/**
 * The tick clock of a client: which tick it should be sending inputs for, so that they arrive just in time.
 * The twin of `bots/lead.py`.
 *
 *     clock(t) = tick_rate * t + phase(t)        phase moves slowly, by running 1 to 5 % fast or slow
 *
 * Each snapshot says how early the tightest of the latest inputs came: its slack. We choose the phase, the network doesn't.
 * So a slack, less the phase at which its input was taken, is a clean measurement of the way to the server, whatever
 * corrections were made since: none is counted twice. The slack to be expected now is a low percentile of these plus the
 * phase now.
 *
 * The target is a guard of most of a tick, and more the more the measurements scatter. One low measurement is a spike and
 * ignored; several are the new truth at once. When all of half a second are far above the low, the network or the server's
 * clock has changed, and what was before is forgotten. Off by more than SNAP_TICKS the clock jumps. Where the news show
 * that it is beyond sense, it starts anew; and where no news come, nothing more is lived after SILENCE_MS.
 *
 * Pure: `now_ms` is an argument, of any clock that doesn't jump.
 */

/** Slack to aim for on a perfect network: on localhost, too, an input is ahead of its tick. */
const GUARD_TICKS = 0.75;
/** How much of the distance from the median to the low measurement is added to the guard. */
const SCATTER_GUARD = 0.5;
/** Measurements: 2.5 s of snapshots. */
const WAYS_KEPT = 75;
/** Nothing is done before there are so many. */
const WAYS_MIN = 3;
/** Half a second of them. With fewer the clock isn't slowed down, for the low one may still be to come. */
const WAYS_RECENT = 15;
const CHANGED_TICKS = 3;
/** 6 % of the measurements are lower than the low one. */
const LOW_SHARE = 0.06;
const SPEED_MIN = 0.01;
const SPEED_MAX = 0.05;
const GAIN_PER_TICK = 0.03;
const DEAD_BAND_TICKS = 0.12;
const SNAP_TICKS = 10;
/** PROTOCOL.md, section 3: the newest snapshot, plus the round trip, plus this. */
const START_TICKS = 2;
/** So much further ahead of the news than a round trip makes no sense; the server would soon refuse our inputs. */
const SENSE_TICKS = 60;
/** News that come in one burst, after a sleep, count together: the newest says what time it is. */
const BURST_MS = 25;
export const SILENCE_MS = 500;
const PHASES_KEPT = 256;

/** What a snapshot tells about time. */
export interface News {
  tick: number;
  ack: number;
  slack_ms: number | null;
}

export class Lead {
  /** 1: real time. */
  speed = 1;
  /** Jumps made, beside the first start. */
  snaps = 0;
  started = false;
  readonly #ticks_per_ms: number;
  #began_ms = -Infinity;
  #base_tick = 0;
  #base_ms = 0;
  #last_tick = 0;
  /** The phase at which the input of a tick was taken, at the place of the tick; and of which tick it is. */
  readonly #phases = new Float64Array(PHASES_KEPT);
  readonly #phase_ticks = new Int32Array(PHASES_KEPT).fill(-1);
  /** Slacks in ticks, less the phase of their inputs: the newest WAYS_KEPT. */
  #ways: number[] = [];

  constructor(tick_rate: number) {
    this.#ticks_per_ms = tick_rate / 1000;
  }

  /** Sets the clock by the newest news, of `tick`. */
  start(tick: number, rtt_ms: number, now_ms: number): void {
    if (this.started) this.snaps += 1;
    this.started = true;
    this.#began_ms = now_ms;
    this.#ways = [];
    this.#phase_ticks.fill(-1);
    this.#goOnFrom(this.#firstTick(tick, rtt_ms), now_ms, 1);
    this.#hear(now_ms);
  }

  /** The clock, in ticks and parts of them. */
  tickAt(now_ms: number): number {
    return this.#base_tick + (now_ms - this.#base_ms) * this.#ticks_per_ms * this.speed;
  }

  /** The ms at which the clock shows `tick`, if it keeps its speed; never, while no news come. */
  when(tick: number): number {
    if (tick > this.#last_tick) return Infinity;
    return this.#base_ms + (tick - this.#base_tick) / (this.#ticks_per_ms * this.speed);
  }

  /** The newest tick to be lived by now. */
  due(now_ms: number): number {
    return Math.min(Math.floor(this.tickAt(now_ms)), this.#last_tick);
  }

  /** The input for `tick` was taken at `now_ms`. */
  took(tick: number, now_ms: number): void {
    const at = tick % PHASES_KEPT;
    this.#phase_ticks[at] = tick;
    this.#phases[at] = this.#phase(now_ms);
  }

  /** The snapshot of `tick`, here at `now_ms`, acknowledged our input for tick `ack` and told its slack. */
  heard({ tick, ack, slack_ms }: News, rtt_ms: number, now_ms: number): void {
    const first = this.#firstTick(tick, rtt_ms);
    const ahead = this.tickAt(now_ms) - tick;
    if (!this.started || ahead < 0 || ahead > rtt_ms * this.#ticks_per_ms + SENSE_TICKS) {
      this.start(tick, rtt_ms, now_ms);
      return;
    }
    if (now_ms - this.#began_ms < BURST_MS && first > this.tickAt(now_ms)) this.#goOnFrom(first, now_ms, 1);
    this.#hear(now_ms);
    const at = ack % PHASES_KEPT;
    if (slack_ms !== null && this.#phase_ticks[at] === ack) this.#steer(slack_ms * this.#ticks_per_ms - this.#phases[at]!, now_ms);
  }

  #steer(way: number, now_ms: number): void {
    const { low, median } = this.#remember(way);
    const tick = this.tickAt(now_ms);
    if (this.#ways.length < WAYS_MIN) return;
    const error = GUARD_TICKS + SCATTER_GUARD * (median - low) - (low + this.#phase(now_ms));
    if (Math.abs(error) > SNAP_TICKS) {
      this.#goOnFrom(tick + error, now_ms, 1);
      this.snaps += 1;
    } else if (error > 0 || this.#ways.length >= WAYS_RECENT) {
      this.#goOnFrom(tick, now_ms, 1 + speedFor(error));
    }
    this.#hear(now_ms);
  }

  /** Adds one, and forgets those that hold no more; the low one of those that do, and the middle one. */
  #remember(way: number): { low: number; median: number } {
    if (this.#ways.length === WAYS_KEPT) this.#ways.shift();
    this.#ways.push(way);
    const recent = this.#ways.slice(-WAYS_RECENT);
    const all = lowAndMedian(this.#ways);
    if (recent.length < WAYS_RECENT || Math.min(...recent) <= all.low + CHANGED_TICKS) return all;
    this.#ways = recent;
    return lowAndMedian(recent);
  }

  /** There are news: so much more may be lived without any. */
  #hear(now_ms: number): void {
    this.#last_tick = Math.floor(this.tickAt(now_ms) + SILENCE_MS * this.#ticks_per_ms);
  }

  #firstTick(tick: number, rtt_ms: number): number {
    return tick + rtt_ms * this.#ticks_per_ms + START_TICKS;
  }

  #phase(now_ms: number): number {
    return this.tickAt(now_ms) - now_ms * this.#ticks_per_ms;
  }

  #goOnFrom(tick: number, now_ms: number, speed: number): void {
    this.#base_tick = tick;
    this.#base_ms = now_ms;
    this.speed = speed;
  }
}

/** A low percentile that one spike can't move: never the lowest of all, unless it is alone. */
function lowAndMedian(ways: readonly number[]): { low: number; median: number } {
  const ordered = ways.toSorted((one, other) => one - other);
  const low = Math.min(Math.floor(ordered.length * LOW_SHARE) || 1, ordered.length - 1);
  return { low: ordered[low]!, median: ordered[ordered.length >> 1]! };
}

/** How much faster (slower, if negative) to run: 1 to 5 %, or 0 when near enough. */
function speedFor(error_ticks: number): number {
  if (Math.abs(error_ticks) < DEAD_BAND_TICKS) return 0;
  const speed = Math.min(SPEED_MAX, Math.max(SPEED_MIN, Math.abs(error_ticks) * GAIN_PER_TICK));
  return error_ticks > 0 ? speed : -speed;
}
