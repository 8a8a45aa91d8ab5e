/**
 * The two ways of a socket that simulates a bad network: what passes is done when it arrives, by timers.
 *
 * A page can't stop its socket from reading. So a way that is full lets everything go at once: what is held is bounded,
 * and nothing is lost or overtakes even then. Whatever is due is also done whenever something new is sent, for a hidden tab's
 * timers sleep.
 */

import { type Conditions, Pipe, Way } from "./netsim";

type Act = () => unknown;

/** One way. */
export class Delayed {
  readonly #pipe: Pipe<Act>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(conditions: Conditions, seed: number, now_ms: number) {
    this.#pipe = new Pipe(new Way(conditions, seed, now_ms));
  }

  change(conditions: Conditions): void {
    this.#pipe.way.change(conditions, performance.now());
  }

  /** Does `act` when what is sent now has arrived. */
  pass(size_bytes: number, act: Act): void {
    this.#pipe.put(act, size_bytes, performance.now());
    this.#deliver(this.#pipe.full ? Infinity : performance.now());
  }

  /** Does all that is left, at once and in order. */
  flush(): void {
    this.#deliver(Infinity);
  }

  /** The connection is gone, and what is under way with it. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#pipe.take(Infinity);
  }

  #deliver(now_ms: number): void {
    clearTimeout(this.#timer);
    const arrived = this.#pipe.take(now_ms);
    const wait_ms = this.#pipe.next_ms - performance.now();
    if (wait_ms < Infinity) this.#timer = setTimeout(() => this.#deliver(performance.now()), Math.ceil(wait_ms));
    for (const act of arrived) act();
  }
}
