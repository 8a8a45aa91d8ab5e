/**
 * One's own shots, where one's own ship is: now. Others' are drawn where the picture is, a little in the past.
 * The twin of `bots/own_shots.py`.
 *
 *     drawn tick = picture + max(0, gap - age / 3)        gap = clock - picture
 *
 * A shot is there at once, in the tick in which our gun fires as far as we know. When the server's comes, the nearest of ours
 * becomes it; one that none came for by MATCH_TICKS later is dropped. It leaves the muzzle at the clock's tick and
 * falls back to the picture's during three gaps of its flight, so that it is at its target when the target is drawn being
 * hit. Its bounces are lived ahead (`course`); what is published to be otherwise is flown anew, and the difference melts away.
 */

import { rockCorners } from "./arena";
import { type At, type Course, type Flight, type Loose, Range } from "./course";
import { type Gun, Trigger } from "./gun";
import { type Track, believedAt } from "./interpolation";
import type { Input } from "./motion";
import type { ShipState } from "./neighbourhood";
import type { Engine } from "./physics";
import { aimFromWire, angleFromWire, nearest } from "./quantize";
import { type Published, type Reckoned, nowhere } from "./reckoning";
import type { Arena } from "./scene";
import type { Own } from "./snapshot";
import { ticksIn } from "./ticks";
import type { View } from "./view";

/** How many gaps a shot takes to fall back to the picture; its speed on screen is less by one part in so many. */
const GAPS_TO_PICTURE = 3;
/** Of a correction, this much is left after a tick. */
const MELT = 0.8;
/** The server's shot may be fired so many ticks later or earlier than ours. */
export const MATCH_TICKS = 8;
const MATCH_UNITS = 160;
/** A published state no farther from its course than this changes nothing. */
const AGREE_UNITS = 1;
/** Unconfirmed at once: with the fastest gun at the longest round trips it would be a few. */
export const UNCONFIRMED_MAX = 32;
const LOOSE: ReadonlySet<string> = new Set(["rock", "crate", "ball"]);
const LOOSE_REACH_UNITS = 600;

/** One of our shots, as drawn. */
export interface Shot extends Reckoned {
  /** For drawing: the same before and after the server tells of it. */
  readonly id: number;
  /** Bounces so far, those included that are only foreseen. */
  status: number;
}

interface Mine {
  readonly born: number;
  course: Course;
  /** What its course agrees with. */
  published: Published | null;
  readonly offset: { x: number; y: number };
  drawn_tick: number;
  readonly shot: Shot;
}

export class OwnShots {
  readonly kind: number;
  /** Shots that we foresaw, and the server fired. */
  matched = 0;
  /** How far the latest of these was from where we had it. */
  matched_units = 0;
  /** That the server fired, and we didn't foresee. */
  unforeseen = 0;
  /** That we foresaw, and the server never fired. */
  dropped = 0;
  readonly #gun: Gun;
  readonly #flight: Flight;
  #range: Range;
  readonly #trigger: Trigger;
  readonly #view: View;
  #arena: Arena;
  readonly #life_ticks: number;
  readonly #told = new WeakMap<Track, Mine>();
  #unconfirmed: Mine[] = [];
  #fired = 0;
  #rapid_until = 0;
  #own: Own | null = null;
  readonly #at: At = { x: 0, y: 0, vx: 0, vy: 0, bounces: 0 };

  constructor(gun: Gun, engine: Engine, arena: Arena, view: View) {
    this.kind = gun.kind;
    this.#gun = gun;
    this.#flight = { ...gun, kind: view.kinds[gun.kind]! };
    this.#range = new Range(engine, arena, view.tick_rate);
    this.#trigger = new Trigger(gun, view.tick_rate);
    this.#view = view;
    this.#arena = arena;
    this.#life_ticks = ticksIn(gun.life_s, view.tick_rate);
  }

  /** Begins to count anew. What is under way stays. */
  forget(): void {
    this.matched = this.unforeseen = this.dropped = 0;
  }

  /** Among other walls from now on. What flies already goes on as it was foreseen. */
  moveTo(engine: Engine, arena: Arena): void {
    this.#range = new Range(engine, arena, this.#view.tick_rate);
    this.#arena = arena;
  }

  /** Fires, if our gun does at `tick` from `ship`, which is where it was after the tick before. */
  step(tick: number, input: Readonly<Input>, ship: ShipState, rapid_until: number): void {
    this.#rapid_until = rapid_until;
    if (!this.#trigger.pull(tick, input, rapid_until) || this.#unconfirmed.length === UNCONFIRMED_MAX) return;
    const aim = aimFromWire(input.aim);
    const [dx, dy] = [Math.cos(aim), Math.sin(aim)];
    const { muzzle_units, speed } = this.#gun;
    const from = { x: ship.x + dx * muzzle_units, y: ship.y + dy * muzzle_units, vx: dx * speed, vy: dy * speed, bounces: 0 };
    const course = this.#fly(from, tick - 1, this.#life_ticks);
    this.#unconfirmed.push(this.#make(tick, course, null));
  }

  /** A snapshot has come, and told of our ship: what it should have told of by now, and didn't, never was. */
  heard(own: Own | null): void {
    this.#own = own;
    const kept = this.#unconfirmed.filter(({ born }) => this.#view.tick <= born + MATCH_TICKS);
    this.dropped += this.#unconfirmed.length - kept.length;
    this.#unconfirmed = kept;
  }

  /** The server's shot at the clock's tick `now`, while others are drawn at `picture`; null: not born or already gone. */
  place(track: Track, now: number, picture: number): Shot | null {
    const mine = this.#mineOf(track);
    const tick = drawnTick(mine, now, picture);
    if (tick < mine.born || tick >= track.gone) return null;
    const newest = track.beliefs.at(-1)!.published;
    if (newest !== mine.published && newest.tick <= tick) this.#correct(mine, newest, track, tick);
    return this.#draw(mine, tick);
  }

  /** Those that the server hasn't told of yet. */
  *unconfirmed(now: number, picture: number): Iterable<Shot> {
    for (const mine of this.#unconfirmed) {
      const tick = drawnTick(mine, now, picture);
      const shot = tick < mine.born ? null : this.#draw(mine, tick);
      if (shot) yield shot;
    }
  }

  #mineOf(track: Track): Mine {
    let mine = this.#told.get(track);
    if (!mine) {
      const { published } = track.beliefs[0]!;
      mine = this.#confirmed(track, published);
      if (mine) {
        this.#trigger.fired(mine.born + this.#ticksLater(mine, published, track), mine.born, this.#rapid_until);
      } else if (this.#hasJustLeft(published, track)) {
        this.unforeseen += 1;
        this.#trigger.fired(track.born, null, this.#rapid_until);
      }
      mine ??= this.#make(track.born, this.#flyOn(published, track), published);
      this.#told.set(track, mine);
    }
    return mine;
  }

  /** How much later than ours the server's was fired: it is so much behind. When it was first told of says less. */
  #ticksLater({ course }: Mine, published: Published, { kind }: Track): number {
    if (!course.at(published.tick, this.#at)) return 0;
    const there = believedAt(published, kind, published.tick, this.#view.tick_rate, scratch);
    const { x, y, vx, vy } = this.#at;
    const ahead = (x - there.x) * vx + (y - there.y) * vy;
    return nearest((ahead / (vx * vx + vy * vy)) * this.#view.tick_rate);
  }

  /** Whether a shot comes from our gun, and not back into sight. */
  #hasJustLeft(published: Published, { kind }: Track): boolean {
    const { x, y } = believedAt(published, kind, published.tick, this.#view.tick_rate, scratch);
    return this.#own !== null && Math.hypot(x - this.#own.x, y - this.#own.y) <= MATCH_UNITS;
  }

  /** The one of ours that the server's is, if there is one. */
  #confirmed(track: Track, published: Published): Mine | undefined {
    const { x, y } = believedAt(published, track.kind, published.tick, this.#view.tick_rate, scratch);
    const off = ({ born, course }: Mine) => {
      if (Math.abs(born - track.born) > MATCH_TICKS || !course.at(published.tick, this.#at)) return Infinity;
      return Math.hypot(this.#at.x - x, this.#at.y - y);
    };
    const [nearest] = this.#unconfirmed.toSorted((one, other) => off(one) - off(other));
    if (!nearest || off(nearest) > MATCH_UNITS) return undefined;
    this.matched += 1;
    this.matched_units = off(nearest);
    this.#unconfirmed.splice(this.#unconfirmed.indexOf(nearest), 1);
    return nearest;
  }

  /** What was drawn goes on from where it is; the course goes where it belongs. */
  #correct(mine: Mine, newest: Published, track: Track, tick: number): void {
    const truth = believedAt(newest, track.kind, newest.tick, this.#view.tick_rate, scratch);
    mine.published = newest;
    const known = mine.course.at(newest.tick, this.#at) && this.#at.bounces === newest.status;
    if (known && Math.hypot(this.#at.x - truth.x, this.#at.y - truth.y) <= AGREE_UNITS) return;
    const was = mine.course.at(tick, this.#at) ? { ...this.#at } : null;
    mine.course = this.#flyOn(newest, track);
    if (!was || !mine.course.at(tick, this.#at)) return;
    mine.offset.x += was.x - this.#at.x;
    mine.offset.y += was.y - this.#at.y;
  }

  #flyOn(published: Published, { kind, born }: Track): Course {
    const { x, y, vx, vy } = believedAt(published, kind, published.tick, this.#view.tick_rate, scratch);
    const left = Math.max(1, this.#life_ticks - (published.tick - born));
    return this.#fly({ x, y, vx, vy, bounces: published.status }, published.tick, left);
  }

  #fly(from: At, tick: number, ticks: number): Course {
    return this.#range.fly(this.#flight, from, tick, ticks, this.#looseAround(from, tick));
  }

  /** What a shot may meet, the nearest first. */
  #looseAround({ x, y }: At, tick: number): Loose[] {
    const found: { away: number; loose: Loose }[] = [];
    for (const published of this.#view.entities.values()) {
      const kind = this.#view.kindOf(published);
      if (!LOOSE.has(kind.category)) continue;
      const at = believedAt(published, kind, tick, this.#view.tick_rate, scratch);
      const away = Math.hypot(at.x - x, at.y - y);
      if (away > LOOSE_REACH_UNITS) continue;
      const corners = kind.shape === "polygon" ? rockCorners(this.#arena, published.variant) : [];
      const spin = angleFromWire(published.spin / 16);
      found.push({ away, loose: { kind, corners, x: at.x, y: at.y, vx: at.vx, vy: at.vy, angle: angleFromWire(at.angle), spin } });
    }
    return found.sort((one, other) => one.away - other.away).map(({ loose }) => loose);
  }

  #make(born: number, course: Course, published: Published | null): Mine {
    this.#fired += 1;
    const shot = { ...nowhere(), id: -this.#fired, status: 0 };
    return { born, course, published, offset: { x: 0, y: 0 }, drawn_tick: born, shot };
  }

  #draw(mine: Mine, tick: number): Shot | null {
    const { course, offset, shot } = mine;
    if (!course.at(tick, this.#at)) return null;
    const left = MELT ** Math.max(0, tick - mine.drawn_tick);
    offset.x *= left;
    offset.y *= left;
    mine.drawn_tick = tick;
    const { x, y, vx, vy, bounces } = this.#at;
    shot.x = x + offset.x;
    shot.y = y + offset.y;
    shot.vx = vx;
    shot.vy = vy;
    shot.status = bounces;
    return shot;
  }
}

const scratch = nowhere();

function drawnTick({ born }: Mine, now: number, picture: number): number {
  return picture + Math.max(0, now - picture - Math.max(0, now - born) / GAPS_TO_PICTURE);
}
