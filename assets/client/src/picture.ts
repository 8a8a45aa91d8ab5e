/**
 * The scene of one render frame, put together from a stay: others where the picture is, oneself and one's own shots where the
 * clock is.
 *
 * Drawn entities are reused from frame to frame; a scene is valid until the next.
 */

import type { Track } from "./interpolation";
import { thrustOf } from "./motion";
import { OwnShots } from "./own_shots";
import type { Play } from "./play";
import { aimFromWire, angleFromWire } from "./quantize";
import type { Reckoned } from "./reckoning";
import type { Drawn, LinkState, Scene, Vec } from "./scene";

/** How the names of hud integers end that are ticks. */
const UNTIL = "_until";
/** What a ship's status is taken for until its record is known. */
const WHOLE_HULL = 0x0f;

export class Picture {
  readonly #play: Play;
  readonly #shots: OwnShots;
  readonly #drawn = new WeakMap<Track, Drawn>();
  readonly #entities: Drawn[] = [];
  readonly #me: Drawn = blank();
  readonly #camera: Vec;
  #taken_ms = NaN;

  constructor(play: Play) {
    const { width, height } = play.welcome.arena.size;
    this.#play = play;
    this.#shots = new OwnShots(play.engine, play.view.tick_rate);
    this.#camera = { x: width / 2, y: height / 2 };
    Object.assign(this.#me, { kind: "ship", owner: play.welcome.player, mine: true });
  }

  /** What is on screen at `now_ms`. */
  take(now_ms: number, link: LinkState): Scene {
    const { view, roster, interpolation, smoothing, welcome } = this.#play;
    interpolation.advance(now_ms);
    smoothing.melt(Number.isNaN(this.#taken_ms) ? 0 : (now_ms - this.#taken_ms) / 1000);
    this.#taken_ms = now_ms;
    const me = this.#drawMe(now_ms);
    this.#drawOthers(me, now_ms);
    if (me) Object.assign(this.#camera, { x: me.x, y: me.y });
    return {
      time_s: now_ms / 1000,
      tick: interpolation.tick,
      tick_rate: view.tick_rate,
      entities: this.#entities,
      me,
      me_id: welcome.player,
      aim: this.#me.angle,
      camera: this.#camera,
      hud: this.#hud(),
      players: roster.players,
      match: roster.match,
      stops_tick: roster.stops_tick,
      link,
    };
  }

  #drawMe(now_ms: number): Drawn | null {
    const { prediction, smoothing, lead, view, entity } = this.#play;
    const me = this.#me;
    if (!prediction.alive) return null;
    const published = view.entities.get(entity);
    const fraction = Math.max(0, Math.min(1, lead.tickAt(now_ms) - prediction.tick));
    prediction.placeAt(fraction, me);
    me.id = entity;
    me.x += smoothing.x;
    me.y += smoothing.y;
    me.vx = prediction.ship.vx;
    me.vy = prediction.ship.vy;
    me.variant = published?.variant ?? 0;
    me.status = published?.status ?? WHOLE_HULL;
    me.angle = aimFromWire(prediction.input.aim);
    thrustOf(prediction.input.move_x, prediction.input.move_y, me.thrust);
    return me;
  }

  #drawOthers(me: Drawn | null, now_ms: number): void {
    const { interpolation, lead, welcome } = this.#play;
    const now = lead.tickAt(now_ms);
    const entities = this.#entities;
    entities.length = 0;
    for (const [id, track] of interpolation.tracks) {
      if (id === me?.id) continue;
      const { published } = track.beliefs[0]!;
      if (track.kind.category === "shot" && published.owner === welcome.player) {
        const shot = this.#shots.place(track, now, interpolation.tick);
        if (shot) entities.push(this.#draw(id, track, shot, shot.status));
      } else if (track.born <= interpolation.tick) {
        entities.push(this.#draw(id, track, track.at, published.status));
      }
    }
    if (me) entities.push(me);
  }

  /** The server's integers, those that are ticks as what is left until then, and the boost that is predicted. */
  #hud(): Record<string, number> {
    const { hud, view, prediction } = this.#play;
    const shown: Record<string, number> = { boost_ticks: prediction.alive ? prediction.ship.boost_ticks : 0 };
    for (const [name, value] of Object.entries(hud)) {
      if (name.endsWith(UNTIL)) shown[`${name.slice(0, -UNTIL.length)}_ticks`] = Math.max(0, value - view.tick);
      else shown[name] = value;
    }
    return shown;
  }

  #draw(id: number, track: Track, at: Readonly<Reckoned>, status: number): Drawn {
    let drawn = this.#drawn.get(track);
    if (!drawn) {
      drawn = { ...blank(), id, kind: track.kind.category };
      this.#drawn.set(track, drawn);
    }
    const { published } = track.beliefs[0]!;
    drawn.variant = published.variant;
    drawn.owner = published.owner;
    drawn.status = status;
    drawn.x = at.x;
    drawn.y = at.y;
    drawn.vx = at.vx;
    drawn.vy = at.vy;
    drawn.angle = angleFromWire(at.angle);
    thrustOf(published.move_x, published.move_y, drawn.thrust);
    return drawn;
  }
}

function blank(): Drawn {
  return { id: 0, kind: "", variant: 0, owner: 0, status: 0, x: 0, y: 0, vx: 0, vy: 0, angle: 0, thrust: { x: 0, y: 0 }, mine: false };
}
