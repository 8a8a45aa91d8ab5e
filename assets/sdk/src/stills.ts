/**
 * What was published at one snapshot and the next, and where everything is in between: for whoever shows what has been.
 *
 * An entity is where the one belief and the next say, each reckoned to the tick, the closer the more: what comes next is
 * known here, so nothing has to be smoothed, and at each snapshot everything is where it was published. Pure.
 */

import { believedAt } from "./interpolation";
import type { Kind } from "./kinds";
import { wrapAngle } from "./quantize";
import { nowhere, type Published, type Reckoned } from "./reckoning";

/** All that is believed at one snapshot. */
export interface Still {
  readonly tick: number;
  readonly entities: ReadonlyMap<number, Published>;
}

/** An entity and where it is now. */
export interface Seen {
  published: Published;
  at: Reckoned;
}

export class Between {
  readonly #kinds: readonly Kind[];
  readonly #tick_rate: number;
  readonly #seen = new Map<number, Seen>();

  constructor(kinds: readonly Kind[], tick_rate: number) {
    this.#kinds = kinds;
    this.#tick_rate = tick_rate;
  }

  /** Everything that is there at `tick`, from the one still's to the next's. The elements are used again. */
  *seen(before: Still, after: Still, tick: number): Generator<Seen> {
    for (const published of before.entities.values()) yield this.#place(published, after.entities.get(published.id), before, after, tick);
    for (const published of after.entities.values()) {
      if (!before.entities.has(published.id) && published.tick <= tick) yield this.#place(published, undefined, before, after, tick);
    }
  }

  /** After a leap. */
  clear(): void {
    this.#seen.clear();
  }

  #place(one: Published, next: Published | undefined, before: Still, after: Still, tick: number): Seen {
    const kind = this.#kinds[one.kind]!;
    let seen = this.#seen.get(one.id);
    if (!seen) this.#seen.set(one.id, (seen = { published: one, at: nowhere() }));
    seen.published = one;
    const at = believedAt(one, kind, tick, this.#tick_rate, seen.at);
    if (next && next !== one && next.kind === one.kind && next.owner === one.owner) {
      const share = (tick - before.tick) / Math.max(1, after.tick - before.tick);
      blend(at, believedAt(next, kind, tick, this.#tick_rate, scratch), share);
    }
    return seen;
  }
}

const scratch = nowhere();

function blend(at: Reckoned, next: Readonly<Reckoned>, share: number): void {
  at.x += (next.x - at.x) * share;
  at.y += (next.y - at.y) * share;
  at.vx += (next.vx - at.vx) * share;
  at.vy += (next.vy - at.vy) * share;
  at.angle += wrapAngle(next.angle - at.angle) * share;
}
