/**
 * What we foresee, between two ticks: our ship and what is beside it, a fraction of a tick after the newest that was lived.
 *
 * A tick more is lived and taken back; between its places and those of now everything is drawn straight, so that nothing
 * is drawn within a wall. That tick is lived once for each that the prediction takes, however many frames are drawn of it.
 */

import type { ShipState } from "./neighbourhood";
import type { BodyState } from "./physics";
import type { Prediction } from "./prediction";
import type { Vec } from "./scene";

export interface Beside extends BodyState {
  /** Of the circle that holds all of it. */
  reach: number;
}

interface Two {
  now: BodyState;
  next: BodyState;
  reach: number;
}

export class Ahead {
  readonly #prediction: Prediction;
  #version = -1;
  #next: ShipState | null = null;
  readonly #beside = new Map<number, Two>();
  readonly #place: Beside = { x: 0, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, reach: 0 };

  constructor(prediction: Prediction) {
    this.#prediction = prediction;
  }

  /** Our ship's place, written `into`. There must be a ship. */
  place(fraction: number, into: Vec): Vec {
    this.#look();
    const { x, y } = this.#prediction.state!;
    into.x = x + (this.#next!.x - x) * fraction;
    into.y = y + (this.#next!.y - y) * fraction;
    return into;
  }

  /** Where something beside us is, valid until the next call; null for what isn't foreseen. */
  beside(entity: number, fraction: number): Readonly<Beside> | null {
    this.#look();
    const two = this.#beside.get(entity);
    if (!two) return null;
    const { now, next, reach } = two;
    const place = this.#place;
    place.x = now.x + (next.x - now.x) * fraction;
    place.y = now.y + (next.y - now.y) * fraction;
    place.angle = now.angle + (next.angle - now.angle) * fraction;
    place.vx = now.vx;
    place.vy = now.vy;
    place.spin = now.spin;
    place.reach = reach;
    return place;
  }

  #look(): void {
    const { space, state, input, version } = this.#prediction;
    if (version === this.#version) return;
    this.#version = version;
    this.#beside.clear();
    if (!state) return;
    space.look((entity, now, reach) => this.#beside.set(entity, { now, next: now, reach }));
    this.#next = space.peek({ ...input, edges: 0 }, () =>
      space.look((entity, next) => {
        this.#beside.get(entity)!.next = next;
      }),
    );
  }
}
