/**
 * How many bodies a client may predict that has too little time: a slow machine foresees less, and does not spiral.
 * `bots/thrift.py` does the same for a process of many bots, which goes by how late it is.
 *
 * What tells it is the time that foreseeing anew takes after a snapshot, and nothing else: a page whose pictures are slow,
 * or a machine that stood still, would gain nothing by foreseeing less. Too long three times in a row halves the bodies, a
 * second without gives one back. With none left a client foresees its own ship among the walls, which costs little.
 */

import { BODIES_MAX } from "./prediction";

/** A quarter of the time between two snapshots. */
export const SPENT_MS_MAX = 8;
export const IN_A_ROW = 3;
export const BACK_MS = 1000;

/** One client's. */
export class Thrift {
  bodies_max = BODIES_MAX;
  /** How often in a row. */
  #tooLong = 0;
  #well_since_ms = -Infinity;

  /** To foresee anew took so long, until `now_ms`. */
  note(spent_ms: number, now_ms: number): void {
    this.#tooLong = spent_ms > SPENT_MS_MAX ? this.#tooLong + 1 : 0;
    if (this.#tooLong === IN_A_ROW) {
      this.bodies_max = Math.floor(this.bodies_max / 2);
      this.#tooLong = 0;
      this.#well_since_ms = now_ms;
    } else if (now_ms - this.#well_since_ms >= BACK_MS) {
      this.bodies_max = Math.min(BODIES_MAX, this.bodies_max + 1);
      this.#well_since_ms = now_ms;
    }
  }
}
