/**
 * How many bodies a client may predict that has too little time: a slow machine foresees less, and does not spiral.
 * The twin of `bots/thrift.py`.
 *
 * Lateness tells it: how long after its time a tick was lived. One late tick halves the bodies, a second on time gives one
 * back. With none left a client foresees its own ship among the walls, which costs little.
 */

import { BODIES_MAX } from "./prediction";

/** More than a tick at 60 a second. */
export const LATE_MS = 20;
export const BACK_MS = 1000;

/** One client's. */
export class Thrift {
  bodies_max = BODIES_MAX;
  #on_time_since_ms = -Infinity;

  /** A tick was lived at `now_ms`, so late. */
  note(late_ms: number, now_ms: number): void {
    if (late_ms > LATE_MS) {
      this.bodies_max = Math.floor(this.bodies_max / 2);
      this.#on_time_since_ms = now_ms;
    } else if (now_ms - this.#on_time_since_ms >= BACK_MS) {
      this.bodies_max = Math.min(BODIES_MAX, this.bodies_max + 1);
      this.#on_time_since_ms = now_ms;
    }
  }
}
