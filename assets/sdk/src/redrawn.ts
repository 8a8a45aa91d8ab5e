/**
 * What was published, as it is drawn: for pictures of what has been.
 *
 * Drawn entities are used again from frame to frame.
 */

import type { Kind } from "./kinds";
import { thrustOf } from "./motion";
import { blank, shown } from "./picture";
import { angleFromWire } from "./quantize";
import type { Drawn } from "./scene";
import type { Seen } from "./stills";

export class Redrawn {
  readonly #kinds: readonly Kind[];
  readonly #drawn = new Map<number, Drawn>();
  readonly #entities: Drawn[] = [];

  constructor(kinds: readonly Kind[]) {
    this.#kinds = kinds;
  }

  /** All that is seen; valid until the next. */
  take(seen: Iterable<Seen>): Drawn[] {
    this.#entities.length = 0;
    for (const one of seen) this.#entities.push(this.#draw(one));
    return this.#entities;
  }

  #draw({ published, at }: Seen): Drawn {
    let drawn = this.#drawn.get(published.id);
    if (!drawn) {
      drawn = { ...blank(), id: published.id };
      this.#drawn.set(published.id, drawn);
    }
    const { variant, owner, status } = published;
    Object.assign(drawn, shown(this.#kinds[published.kind]!), { variant, owner, status, x: at.x, y: at.y, vx: at.vx, vy: at.vy, angle: angleFromWire(at.angle) });
    thrustOf(published.move_x, published.move_y, drawn.thrust);
    return drawn;
  }
}
