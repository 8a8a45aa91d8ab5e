/**
 * Where a shot flies: lived at once to its end in the server's engine, among walls and what is loose, and kept tick by tick.
 * The twin of `bots/course.py`.
 *
 * Bounces are the server's: each but those in a corner's second tick is counted, and makes the shot faster if the gun says so.
 * What a shot hits and doesn't bounce off, crates, ends it. Ships do, too, but where those are going isn't known: they
 * are left out. COURSE_TICKS_MAX and LOOSE_MAX bound what a course costs.
 */

import type { Kind } from "./kinds";
import { type BodyState, type Engine, STATE_LENGTH, type Saved, type Space, VX, VY, X, Y, makeSpace } from "./physics";
import type { Arena, Point } from "./scene";

export const COURSE_TICKS_MAX = 120;
/** Rocks and crates that a shot may meet, the nearest to its muzzle. */
export const LOOSE_MAX = 6;

/** What a shot is like in flight. */
export interface Flight {
  kind: Kind;
  /** Units/s without a bounce. */
  speed: number;
  /** How much faster it is after each bounce, as a part of that. */
  speed_per_bounce: number;
  bounces_max: number;
}

/** Something that a shot may meet. */
export interface Loose extends BodyState {
  kind: Kind;
  corners: readonly Point[];
}

/** A shot at some time of its course. */
export interface At {
  x: number;
  y: number;
  vx: number;
  vy: number;
  bounces: number;
}

const ROW = 5;

/** A shot's places after the ticks from `first_tick` on. */
export class Course {
  readonly first_tick: number;
  readonly #rows: Float64Array;
  readonly #tick_rate: number;

  constructor(first_tick: number, rows: Float64Array, tick_rate: number) {
    this.first_tick = first_tick;
    this.#rows = rows;
    this.#tick_rate = tick_rate;
  }

  /** The last tick after which it flies on. */
  get last_tick(): number {
    return this.first_tick + this.#rows.length / ROW - 1;
  }

  /** Where it is at `tick`, a fraction or not, written `into`; before its first tick straight back from there. False: it has ended. */
  at(tick: number, into: At): boolean {
    const time = tick - this.first_tick;
    if (tick > this.last_tick) return false;
    const row = Math.max(0, Math.floor(time)) * ROW;
    const next = Math.min(row + ROW, this.#rows.length - ROW);
    const fraction = time < 0 ? 0 : time - Math.floor(time);
    const before_s = Math.min(0, time) / this.#tick_rate;
    const rows = this.#rows;
    into.vx = rows[row + 2]!;
    into.vy = rows[row + 3]!;
    into.x = rows[row]! + (rows[next]! - rows[row]!) * fraction + into.vx * before_s;
    into.y = rows[row + 1]! + (rows[next + 1]! - rows[row + 1]!) * fraction + into.vy * before_s;
    into.bounces = rows[row + 4]!;
    return true;
  }
}

/** An arena to shoot in. */
export class Range {
  readonly #space: Space;
  readonly #empty: Saved;
  readonly #tick_rate: number;
  readonly #rows = new Float64Array((COURSE_TICKS_MAX + 1) * ROW);

  constructor(engine: Engine, arena: Arena, tick_rate: number) {
    this.#space = makeSpace(engine, arena);
    this.#empty = this.#space.save();
    this.#tick_rate = tick_rate;
  }

  /** The course of a shot that is `from` after `tick`, and flies for at most `ticks` more. */
  fly(flight: Flight, from: At, tick: number, ticks: number, loose: readonly Loose[] = []): Course {
    const shot = this.#lay(flight.kind, from, loose);
    const crates = new Set(loose.flatMap(({ kind }, at) => (kind.category === "crate" ? [shot + 1 + at] : [])));
    let { bounces } = from;
    let bounced = tick - 2;
    let lived = 0;
    this.#note(0, shot, bounces);
    while (lived < Math.min(ticks, COURSE_TICKS_MAX)) {
      this.#space.step(this.#tick_rate);
      const met = this.#space.contacts().filter(({ entity }) => entity === shot);
      if (met.some(({ other }) => crates.has(other))) break;
      if (met.length > 0 && tick + lived + 1 - bounced > 1) {
        bounces += 1;
        bounced = tick + lived + 1;
        if (bounces > flight.bounces_max || !this.#hurry(shot, flight, bounces)) break;
      }
      lived += 1;
      this.#note(lived, shot, bounces);
    }
    return new Course(tick, this.#rows.slice(0, (lived + 1) * ROW), this.#tick_rate);
  }

  #lay(kind: Kind, { x, y, vx, vy }: At, loose: readonly Loose[]): number {
    const space = this.#space;
    space.restore(this.#empty);
    const shot = space.makeBody(kind);
    space.put(shot, { x, y, vx, vy, angle: 0, spin: 0 });
    for (const body of loose.slice(0, LOOSE_MAX)) space.put(space.makeBody(body.kind, body.corners), body);
    return shot;
  }

  /** Gives it the speed that so many bounces make; false: it stands still. */
  #hurry(shot: number, { speed, speed_per_bounce }: Flight, bounces: number): boolean {
    const { states } = this.#space;
    const row = shot * STATE_LENGTH;
    const was = Math.hypot(states[row + VX]!, states[row + VY]!);
    if (was < 1) return false;
    const faster = (speed * (1 + speed_per_bounce * bounces)) / was;
    states[row + VX]! *= faster;
    states[row + VY]! *= faster;
    this.#space.push(shot);
    return true;
  }

  #note(at: number, shot: number, bounces: number): void {
    const { states } = this.#space;
    const row = shot * STATE_LENGTH;
    this.#rows.set([states[row + X]!, states[row + Y]!, states[row + VX]!, states[row + VY]!, bounces], at * ROW);
  }
}
