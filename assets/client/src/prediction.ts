/**
 * The own ship, now: what the server will say, before it says so. The twin of `bots/prediction.py`.
 *
 * Every tick the ship is moved by the rules that the server runs (`motion`, then one step of the `Engine`). Every snapshot
 * brings its exact state after the snapshot's tick; from there the inputs after it are replayed. What the player
 * would have seen jump is left to `smoothing`; the state itself is never smoothed.
 *
 * Bounded: HISTORY_TICKS of inputs are remembered, more are never replayed.
 */

import type { Body, Engine } from "./collision";
import type { Kind } from "./kinds";
import { type Helm, type Input, NEUTRAL, steer } from "./motion";
import type { Vec } from "./scene";
import type { Own } from "./snapshot";

export const HISTORY_TICKS = 128;
/** A missing input repeats the last one for this many ticks, then the ship is left alone. */
const HOLD_TICKS_MAX = 15;

type Ship = Body & Helm;

interface Past {
  tick: number;
  input: Input;
  x: number;
  y: number;
}

export class Prediction {
  /** The ship after `tick`; meaningless while not `alive`. */
  readonly ship: Ship = { x: 0, y: 0, vx: 0, vy: 0, boost_ticks: 0 };
  alive = false;
  /** The newest tick that was predicted. */
  tick = 0;
  /** The newest input that was applied. */
  input: Input = { ...NEUTRAL };
  /** How far off the place was that had been predicted for the newest snapshot's tick. */
  error_units = 0;
  readonly #history: Past[] = Array.from({ length: HISTORY_TICKS }, () => ({ tick: -1, input: NEUTRAL, x: NaN, y: NaN }));
  readonly #next: Ship = { ...this.ship };

  readonly #kind: Kind;
  readonly #engine: Engine;
  readonly #tick_rate: number;

  constructor(kind: Kind, engine: Engine, tick_rate: number) {
    this.#kind = kind;
    this.#engine = engine;
    this.#tick_rate = tick_rate;
  }

  /** Takes the ship through `tick` with `input`. Ticks come in ascending order; those left out are held as the server holds them. */
  advance(tick: number, input: Input): void {
    const held: Input = { ...this.input, edges: 0 };
    const released: Input = { ...NEUTRAL, aim: held.aim };
    const last = this.tick;
    for (let missing = Math.max(last + 1, tick - HISTORY_TICKS + 1); missing < tick; missing += 1) {
      this.#take(missing, missing - last <= HOLD_TICKS_MAX ? held : released);
    }
    this.#take(tick, input);
  }

  #take(tick: number, input: Input): void {
    this.tick = tick;
    this.input = input;
    if (this.alive) this.#step(this.ship, input);
    const past = this.#past(tick);
    past.tick = tick;
    past.input = input;
    past.x = this.alive ? this.ship.x : NaN;
    past.y = this.alive ? this.ship.y : NaN;
  }

  /** Goes back to the server's state after `tick`, and replays what was done since. */
  reconcile(own: Own | null, tick: number): void {
    const before = this.#past(tick);
    const predicted = this.alive && before.tick === tick && !Number.isNaN(before.x);
    this.error_units = own && predicted ? Math.hypot(own.x - before.x, own.y - before.y) : 0;
    this.alive = own !== null;
    this.tick = Math.max(this.tick, tick);
    if (!own) return;
    const { x, y, vx, vy, boost_ticks } = own;
    Object.assign(this.ship, { x, y, vx, vy, boost_ticks });
    before.x = x;
    before.y = y;
    for (let at = Math.max(tick + 1, this.tick - HISTORY_TICKS + 1); at <= this.tick; at += 1) this.#replay(at);
  }

  /** Where the ship is a `fraction` of a tick after `tick`, if the input stays as it is; written `into`. */
  placeAt(fraction: number, into: Vec): Vec {
    Object.assign(this.#next, this.ship);
    this.#step(this.#next, this.input);
    into.x = this.ship.x + (this.#next.x - this.ship.x) * fraction;
    into.y = this.ship.y + (this.#next.y - this.ship.y) * fraction;
    return into;
  }

  #replay(tick: number): void {
    const past = this.#past(tick);
    if (past.tick !== tick) return;
    this.#step(this.ship, past.input);
    past.x = this.ship.x;
    past.y = this.ship.y;
  }

  #step(ship: Ship, input: Input): void {
    steer(ship, input, this.#kind, this.#tick_rate);
    this.#engine.step(ship, this.#kind, this.#tick_rate);
  }

  #past(tick: number): Past {
    return this.#history[tick % HISTORY_TICKS]!;
  }
}
