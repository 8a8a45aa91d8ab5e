/**
 * One's own shots, where one's own ship is: now. Others' are drawn where the picture is, a little in the past.
 *
 *     drawn tick = picture + max(0, gap - age / 3)        gap = clock - picture
 *
 * A shot leaves the muzzle at the clock's tick and falls back to the picture's during three gaps of its flight, so that it
 * is at its target when the target is drawn being hit. Ahead of what is published its walls are bounced off by the `Engine`;
 * what turns out otherwise melts away.
 */

import type { Body, Engine } from "./collision";
import { type Track, believedAt } from "./interpolation";
import { type Published, type Reckoned, nowhere } from "./reckoning";

/** How many gaps a shot takes to fall back to the picture; its speed on screen is less by one part in so many. */
const GAPS_TO_PICTURE = 3;
/** Of a correction, this much is left after a tick. */
const MELT = 0.8;
const REPLAY_TICKS_MAX = 120;
const BOUNCES_MAX = 3;

export interface Shot extends Reckoned {
  /** Bounces so far, those included that are only predicted. */
  status: number;
}

interface Flight {
  published: Published;
  /** Where it is after `tick`. */
  readonly body: Body;
  tick: number;
  bounces: number;
  readonly offset: { x: number; y: number };
  drawn_tick: number;
  readonly shot: Shot;
}

export class OwnShots {
  readonly #engine: Engine;
  readonly #tick_rate: number;
  readonly #flights = new WeakMap<Track, Flight>();

  constructor(engine: Engine, tick_rate: number) {
    this.#engine = engine;
    this.#tick_rate = tick_rate;
  }

  /** The shot at the clock's tick `now`, while others are drawn at `picture`; null: not born or already gone. */
  place(track: Track, now: number, picture: number): Shot | null {
    const tick = picture + Math.max(0, now - picture - Math.max(0, now - track.born) / GAPS_TO_PICTURE);
    if (tick < track.born || tick >= track.gone) return null;
    const flight = this.#flightOf(track);
    if (tick < flight.tick) this.#restart(flight, flight.published, track, tick);
    const newest = track.beliefs.at(-1)!.published;
    if (newest !== flight.published && newest.tick <= tick) this.#correct(flight, newest, track, tick);
    this.#fly(flight, track, Math.floor(tick));
    return this.#draw(flight, tick);
  }

  #flightOf(track: Track): Flight {
    let flight = this.#flights.get(track);
    if (!flight) {
      const { published } = track.beliefs[0]!;
      const shot = { ...nowhere(), status: 0 };
      flight = { published, body: { x: 0, y: 0, vx: 0, vy: 0 }, tick: 0, bounces: 0, offset: { x: 0, y: 0 }, drawn_tick: published.tick, shot };
      this.#restart(flight, published, track, published.tick);
      this.#flights.set(track, flight);
    }
    return flight;
  }

  /** What was drawn goes on from where it is; the state goes where it belongs. */
  #correct(flight: Flight, newest: Published, track: Track, tick: number): void {
    this.#fly(flight, track, Math.floor(tick));
    const { x, y } = flight.body;
    this.#restart(flight, newest, track, newest.tick);
    this.#fly(flight, track, Math.floor(tick));
    flight.offset.x += x - flight.body.x;
    flight.offset.y += y - flight.body.y;
  }

  #restart(flight: Flight, published: Published, { kind }: Track, tick: number): void {
    flight.published = published;
    flight.tick = Math.min(Math.floor(tick), published.tick);
    flight.bounces = 0;
    const { x, y, vx, vy } = believedAt(published, kind, flight.tick, this.#tick_rate, flight.shot);
    Object.assign(flight.body, { x, y, vx, vy });
  }

  #fly(flight: Flight, { kind }: Track, tick: number): void {
    const { body } = flight;
    for (let left = REPLAY_TICKS_MAX; flight.tick < tick && left > 0; left -= 1) {
      const { vx, vy } = body;
      this.#engine.step(body, kind, this.#tick_rate);
      if (body.vx !== vx || body.vy !== vy) flight.bounces += 1;
      flight.tick += 1;
    }
  }

  #draw(flight: Flight, tick: number): Shot {
    const { body, offset, shot } = flight;
    const left = MELT ** Math.max(0, tick - flight.drawn_tick);
    const seconds = (tick - flight.tick) / this.#tick_rate;
    offset.x *= left;
    offset.y *= left;
    flight.drawn_tick = tick;
    shot.x = body.x + body.vx * seconds + offset.x;
    shot.y = body.y + body.vy * seconds + offset.y;
    shot.vx = body.vx;
    shot.vy = body.vy;
    shot.status = Math.min(BOUNCES_MAX, flight.published.status + flight.bounces);
    return shot;
  }
}
