/**
 * A ship's gun, as `welcome.gun` describes it (the twin of `protocol/gun.py`), and when it fires.
 *
 * It fires in a tick in which fire is held or pressed, a cool-down after the last shot, from MUZZLE_UNITS before the middle of the ship, before
 * the ship is moved.
 */

import { FIRE, type Input } from "./motion";
import { ticksIn } from "./ticks";

export interface Gun {
  /** Of its shots: an index into `welcome.kinds`. */
  kind: number;
  /** Units/s. */
  speed: number;
  muzzle_units: number;
  cooldown_s: number;
  /** The same until `rapid_until` of the hud. */
  rapid_cooldown_s: number;
  life_s: number;
  bounces_max: number;
  /** How much faster a shot is after each bounce, as a part of `speed`. */
  speed_per_bounce: number;
}

/** When our gun may fire again, as far as we know. */
export class Trigger {
  #until = 0;
  readonly #gun: Gun;
  readonly #tick_rate: number;

  constructor(gun: Gun, tick_rate: number) {
    this.#gun = gun;
    this.#tick_rate = tick_rate;
  }

  /** Whether it fires at `tick`. */
  pull(tick: number, { buttons, edges }: Readonly<Input>, rapid_until: number): boolean {
    if (((buttons | edges) & FIRE) === 0 || tick < this.#until) return false;
    this.#until = tick + this.#cooldown(tick, rapid_until);
    return true;
  }

  /** The server fired at `tick` what we foresaw for another, or not at all (null). */
  fired(tick: number, foreseen_tick: number | null, rapid_until: number): void {
    if (foreseen_tick === null) this.#until = Math.max(this.#until, tick + this.#cooldown(tick, rapid_until));
    else this.#until += tick - foreseen_tick;
  }

  #cooldown(tick: number, rapid_until: number): number {
    return ticksIn(rapid_until > tick ? this.#gun.rapid_cooldown_s : this.#gun.cooldown_s, this.#tick_rate);
  }
}
