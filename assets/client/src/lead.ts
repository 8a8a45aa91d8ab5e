/**
 * The client's tick clock: how many ticks ahead of the server's news it runs. The twin of `bots/lead.py`.
 *
 * Inputs are to arrive a little before their tick is simulated; each snapshot says how early the tightest of the latest
 * did (`slack_ms`). The clock's *phase* is how far its ticks are ahead of real time, in ms; we choose it, the network
 * doesn't. A slack less the phase of its input's tick is therefore a clean measurement of the way to the server,
 * whatever corrections were made since: none is counted twice. Of the recent measurements a low one counts (not the
 * lowest: a single spike is forgiven), and the phase that brings it to the target is approached at 1 to 5 % of real time,
 * or at once when it is more than ten ticks off.
 *
 * The target, one tick, also is the floor of the lead: with less, every input is late on localhost.
 *
 * Pure: `now_ms` is an argument, of any clock that doesn't jump.
 */

const TARGET_SLACK_TICKS = 1;
const START_AHEAD_TICKS = 2;
const SNAP_TICKS = 10;
/** So much further ahead of the news than a round trip makes no sense; the server would soon refuse our inputs. */
const SENSE_TICKS = 60;
/** News that come in one burst, after a sleep, count together: the newest says what time it is. */
const BURST_MS = 25;
const MEASUREMENTS_KEPT = 64;
/** This many of the kept measurements may be worse than the one that counts. */
const SPIKES_FORGIVEN = 1;
/** Nothing is done before there are so many. */
const MEASUREMENTS_MIN = 3;
/** When so many of the newest agree that all has become better by a jump (the server's ticks were moved), the older are void. */
const MEASUREMENTS_NEW = 20;
const SPEED_GAIN_MS = 500;
const SPEED_UP_MAX = 0.05;
const SLOW_DOWN_MAX = 0.03;
/** Smaller errors are left alone, so that the clock rests. */
const REST_MS = 1;
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
  #started = false;
  #began_ms = -Infinity;
  #anchor_ms = 0;
  #anchor_tick = 0;
  readonly #tick_ms: number;
  readonly #phases = new Float64Array(PHASES_KEPT);
  readonly #phase_ticks = new Int32Array(PHASES_KEPT).fill(-1);
  #ways: number[] = [];

  constructor(tick_rate: number) {
    this.#tick_ms = 1000 / tick_rate;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Sets the clock from the newest news: the server is at about `tick` + half the round trip. */
  start(tick: number, rtt_ms: number, now_ms: number): void {
    if (this.#started) this.snaps += 1;
    this.#started = true;
    this.#began_ms = now_ms;
    this.#ways = [];
    this.#phase_ticks.fill(-1);
    this.#set(this.#firstTick(tick, rtt_ms), 1, now_ms);
  }

  #firstTick(tick: number, rtt_ms: number): number {
    return tick + Math.ceil(rtt_ms / this.#tick_ms) + START_AHEAD_TICKS;
  }

  /** The tick that it is, with its fraction. */
  tickAt(now_ms: number): number {
    return this.#anchor_tick + ((now_ms - this.#anchor_ms) * this.speed) / this.#tick_ms;
  }

  /** How long ago, in ms, `tick` began; negative: it is still to come. */
  lateAt(tick: number, now_ms: number): number {
    return (this.tickAt(now_ms) - tick) * this.#tick_ms;
  }

  /** The input for `tick` was taken at `now_ms`. */
  took(tick: number, now_ms: number): void {
    const at = tick % PHASES_KEPT;
    this.#phase_ticks[at] = tick;
    this.#phases[at] = this.#phaseAt(now_ms);
  }

  /** The snapshot of `tick`, here at `now_ms`, acknowledged our input for tick `ack` and told its slack. */
  heard({ tick, ack, slack_ms }: News, rtt_ms: number, now_ms: number): void {
    const ahead = this.tickAt(now_ms) - tick;
    if (ahead < 0 || ahead > rtt_ms / this.#tick_ms + SENSE_TICKS) {
      this.start(tick, rtt_ms, now_ms);
      return;
    }
    if (now_ms - this.#began_ms < BURST_MS && this.#firstTick(tick, rtt_ms) > this.tickAt(now_ms)) {
      this.#set(this.#firstTick(tick, rtt_ms), 1, now_ms);
    }
    const at = ack % PHASES_KEPT;
    if (slack_ms === null || this.#phase_ticks[at] !== ack) return;
    this.#ways.push(slack_ms - this.#phases[at]!);
    if (this.#ways.length > MEASUREMENTS_KEPT) this.#ways.shift();
    if (this.#ways.length >= MEASUREMENTS_MIN) this.#steer(now_ms);
  }

  #steer(now_ms: number): void {
    const new_ms = Math.min(...this.#ways.slice(-MEASUREMENTS_NEW));
    if (new_ms - this.#low() > SNAP_TICKS * this.#tick_ms) this.#ways.splice(0, this.#ways.length - MEASUREMENTS_NEW);
    const way_ms = this.#low();
    const error_ms = TARGET_SLACK_TICKS * this.#tick_ms - way_ms - this.#phaseAt(now_ms);
    if (Math.abs(error_ms) > SNAP_TICKS * this.#tick_ms) {
      this.snaps += 1;
      this.#set(this.tickAt(now_ms) + error_ms / this.#tick_ms, 1, now_ms);
      return;
    }
    const pull = Math.abs(error_ms) < REST_MS ? 0 : error_ms / SPEED_GAIN_MS;
    this.#set(this.tickAt(now_ms), 1 + Math.max(-SLOW_DOWN_MAX, Math.min(SPEED_UP_MAX, pull)), now_ms);
  }

  #low(): number {
    return [...this.#ways].sort((a, b) => a - b)[SPIKES_FORGIVEN]!;
  }

  #phaseAt(now_ms: number): number {
    return this.tickAt(now_ms) * this.#tick_ms - now_ms;
  }

  #set(tick: number, speed: number, now_ms: number): void {
    this.#anchor_tick = tick;
    this.#anchor_ms = now_ms;
    this.speed = speed;
  }
}
