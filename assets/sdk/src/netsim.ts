/**
 * A bad network at will: when does what is sent now arrive? The twin of `bots/netsim.py`, with the same arithmetic to the last bit.
 *
 *     sent -> the bottleneck   with a bandwidth, one byte after the other
 *          -> the way          half of the round trip, and jitter
 *          -> in order         never before what was sent earlier
 *          -> not in a stall   what would arrive in one arrives at its end, all at once
 *          -> delivered
 *
 * It keeps what TCP promises: nothing is lost and nothing overtakes. Pure: `now_ms` is an argument, of any clock that never
 * goes back, and chance comes from a seed.
 */

const HELD_ITEMS_MAX = 4096;
const WORDS = 4_294_967_296;

export interface Conditions {
  /** Added to the round trip, half of it on each way. */
  readonly rtt_ms: number;
  /** A round trip takes up to so much longer: each message, on each way, by anything up to half of it (uniform). */
  readonly jitter_ms: number;
  /** On each way, on average. The pause between two is uniform, from nothing to twice its mean. */
  readonly stalls_per_s: number;
  readonly stall_ms: number;
  /** Of each way. 0: no limit. */
  readonly bandwidth_bytes_per_s: number;
}

export const PERFECT: Conditions = { rtt_ms: 0, jitter_ms: 0, stalls_per_s: 0, stall_ms: 200, bandwidth_bytes_per_s: 0 };

/** Whether there is nothing to simulate. */
export function isPerfect(conditions: Conditions): boolean {
  const { rtt_ms, jitter_ms, stalls_per_s, stall_ms, bandwidth_bytes_per_s } = conditions;
  return rtt_ms === 0 && jitter_ms === 0 && stalls_per_s * stall_ms === 0 && bandwidth_bytes_per_s === 0;
}

/** Numbers from a seed of 32 bits: the generator mulberry32. */
export class Chance {
  #counter: number;

  constructor(seed: number) {
    this.#counter = seed | 0;
  }

  /** The next whole number below 2³². */
  word(): number {
    const counter = (this.#counter = (this.#counter + 0x6d2b79f5) | 0);
    let mixed = Math.imul(counter ^ (counter >>> 15), counter | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** The next number from 0 to below 1. */
  share(): number {
    return this.word() / WORDS;
  }
}

/** One direction of a connection. Its stalls depend on the seed and on time alone, not on what is sent. */
export class Way {
  #conditions: Conditions = PERFECT;
  readonly #jitter: Chance;
  readonly #stalls: Chance;
  /** When the bottleneck has passed on all it was given. */
  #free_ms: number;
  /** The latest; nothing arrives before it any more. */
  #arrival_ms: number;
  #stall_ms = Infinity;
  #stalled_until_ms = Infinity;

  constructor(conditions: Conditions, seed: number, now_ms: number) {
    const chance = new Chance(seed);
    this.#jitter = new Chance(chance.word());
    this.#stalls = new Chance(chance.word());
    this.#free_ms = this.#arrival_ms = now_ms;
    this.change(conditions, now_ms);
  }

  /** From now on the network is like this; what is under way arrives as it would have. */
  change(conditions: Conditions, now_ms: number): void {
    this.#conditions = conditions;
    this.#stall_ms = this.#stalled_until_ms = Infinity;
    if (conditions.stalls_per_s > 0) this.#stallAfter(now_ms);
  }

  /** When a message that is sent now arrives: never before one that was asked about earlier. */
  arrival_ms(now_ms: number, size_bytes: number): number {
    const { bandwidth_bytes_per_s, rtt_ms, jitter_ms } = this.#conditions;
    let arrival_ms = now_ms;
    if (bandwidth_bytes_per_s > 0) {
      arrival_ms = Math.max(now_ms, this.#free_ms) + (size_bytes * 1000) / bandwidth_bytes_per_s;
      this.#free_ms = arrival_ms;
    }
    arrival_ms += rtt_ms * 0.5;
    if (jitter_ms > 0) arrival_ms += jitter_ms * 0.5 * this.#jitter.share();
    arrival_ms = Math.max(arrival_ms, this.#arrival_ms);
    while (arrival_ms >= this.#stalled_until_ms) this.#stallAfter(this.#stalled_until_ms);
    if (arrival_ms >= this.#stall_ms) arrival_ms = this.#stalled_until_ms;
    this.#arrival_ms = arrival_ms;
    return arrival_ms;
  }

  /** Draws the next stall, none being left before `moment_ms`. */
  #stallAfter(moment_ms: number): void {
    const { stalls_per_s, stall_ms } = this.#conditions;
    const pause_ms = 1000 / stalls_per_s - stall_ms;
    this.#stall_ms = moment_ms + pause_ms * 2 * this.#stalls.share();
    this.#stalled_until_ms = this.#stall_ms + stall_ms;
  }
}

/** What is under way in one direction, in order. */
export class Pipe<Item> {
  readonly way: Way;
  readonly #held: { arrival_ms: number; item: Item }[] = [];

  constructor(way: Way) {
    this.way = way;
  }

  /** Sends `item`. */
  put(item: Item, size_bytes: number, now_ms: number): void {
    this.#held.push({ arrival_ms: this.way.arrival_ms(now_ms, size_bytes), item });
  }

  /** What has arrived by now. */
  take(now_ms: number): Item[] {
    const ahead = this.#held.findIndex(({ arrival_ms }) => arrival_ms > now_ms);
    return this.#held.splice(0, ahead < 0 ? this.#held.length : ahead).map(({ item }) => item);
  }

  /** When the next item arrives; infinity when nothing is under way. */
  get next_ms(): number {
    return this.#held[0]?.arrival_ms ?? Infinity;
  }

  /** More should not be put. */
  get full(): boolean {
    return this.#held.length >= HELD_ITEMS_MAX;
  }
}
