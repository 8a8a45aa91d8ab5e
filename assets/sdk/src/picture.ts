/**
 * The scene of one render frame, put together from a stay: others where the picture is, oneself and one's own shots where the
 * clock is; and what we push, too (`touch`).
 *
 * Drawn entities are reused from frame to frame; a scene is valid until the next.
 */

import { Ahead } from "./ahead";
import { type Look, NOTHING } from "./description";
import type { Track } from "./interpolation";
import type { Kind } from "./kinds";
import { thrustOf } from "./motion";
import type { Shot } from "./own_shots";
import type { Play } from "./play";
import { aimFromWire, angleFromWire } from "./quantize";
import type { Reckoned } from "./reckoning";
import type { Drawn, LinkState, Scene, Vec } from "./scene";

/** How the names of hud integers end that are ticks. */
const UNTIL = "_until";
/** What a ship's status is taken for until its record is known. */
const WHOLE_HULL = 0x0f;
const PLAIN: Look = { style: "", colour: "owner", label: "" };

export class Picture {
  readonly #play: Play;
  readonly #ahead: Ahead;
  readonly #drawn = new WeakMap<Track | Shot, Drawn>();
  readonly #entities: Drawn[] = [];
  readonly #me: Drawn = blank();
  readonly #camera: Vec;
  #taken_ms = NaN;

  constructor(play: Play) {
    const { width, height } = play.welcome.arena.size;
    this.#play = play;
    this.#ahead = new Ahead(play.prediction);
    this.#camera = { x: width / 2, y: height / 2 };
    Object.assign(this.#me, shown(play.ship), { owner: play.welcome.player, mine: true });
  }

  /** Look there, for as long as there is no ship of ours to look from. */
  lookAt({ x, y }: Vec): void {
    Object.assign(this.#camera, { x, y });
  }

  /** What is on screen at `now_ms`. */
  take(now_ms: number, link: LinkState): Scene {
    const { view, roster, interpolation, smoothing, welcome } = this.#play;
    interpolation.advance(now_ms);
    const elapsed_s = Number.isNaN(this.#taken_ms) ? 0 : (now_ms - this.#taken_ms) / 1000;
    smoothing.melt(elapsed_s);
    this.#taken_ms = now_ms;
    const me = this.#drawMe(now_ms);
    this.#play.drawn = me && { x: me.x, y: me.y, vx: me.vx, vy: me.vy, at_ms: now_ms };
    this.#drawOthers(me, now_ms, elapsed_s);
    this.#drawShots(now_ms);
    if (me) this.#entities.push(me);
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
      description: welcome.description ?? NOTHING,
      team_scores: roster.team_scores,
      stops_tick: roster.stops_tick,
      starts_in_s: this.#play.startsInAt(now_ms),
      link,
    };
  }

  #fraction(now_ms: number): number {
    const { prediction, lead } = this.#play;
    return Math.max(0, Math.min(1, lead.tickAt(now_ms) - prediction.tick));
  }

  #drawMe(now_ms: number): Drawn | null {
    const { prediction, smoothing, view, entity } = this.#play;
    const { state, input } = prediction;
    const me = this.#me;
    if (!state) return null;
    const published = view.entities.get(entity);
    this.#ahead.place(this.#fraction(now_ms), me);
    me.id = entity;
    me.x += smoothing.x;
    me.y += smoothing.y;
    me.vx = state.vx;
    me.vy = state.vy;
    me.variant = published?.variant ?? 0;
    me.status = published?.status ?? WHOLE_HULL;
    me.angle = aimFromWire(input.aim);
    thrustOf(input.move_x, input.move_y, me.thrust);
    return me;
  }

  #drawOthers(me: Drawn | null, now_ms: number, elapsed_s: number): void {
    const { interpolation, touch } = this.#play;
    const fraction = this.#fraction(now_ms);
    this.#entities.length = 0;
    for (const [id, track] of interpolation.tracks) {
      if (id === me?.id || this.#isOwnShot(track) || track.born > interpolation.tick) continue;
      const foreseen = me && this.#ahead.beside(id, fraction);
      const { kind, at } = track;
      const place = me ? touch.draw(id, at, foreseen, me, this.#play.ship.radius, !kind.steered, elapsed_s) : at;
      this.#entities.push(this.#draw(id, track, place));
    }
    touch.keep(interpolation.tracks);
  }

  #isOwnShot({ kind, beliefs }: Track): boolean {
    const { shots, welcome } = this.#play;
    return shots !== null && kind === welcome.kinds[shots.kind] && beliefs[0]!.published.owner === welcome.player;
  }

  #drawShots(now_ms: number): void {
    const { shots, interpolation, lead } = this.#play;
    if (!shots) return;
    const now = lead.tickAt(now_ms);
    for (const track of interpolation.tracks.values()) {
      const shot = this.#isOwnShot(track) ? shots.place(track, now, interpolation.tick) : null;
      if (shot) this.#entities.push(this.#drawShot(shot));
    }
    for (const shot of shots.unconfirmed(now, interpolation.tick)) this.#entities.push(this.#drawShot(shot));
  }

  /** The server's integers, those that are ticks as what is left until then; boost and pulse as foreseen. */
  #hud(): Record<string, number> {
    const { hud, view, prediction } = this.#play;
    const shown: Record<string, number> = { boost_ticks: prediction.state?.boost_ticks ?? 0 };
    for (const [name, value] of Object.entries(hud)) {
      if (name.endsWith(UNTIL)) shown[`${name.slice(0, -UNTIL.length)}_ticks`] = Math.max(0, value - view.tick);
      else shown[name] = value;
    }
    if ("pulse_until" in hud) shown["pulse_ticks"] = this.#play.pulse_ticks;
    return shown;
  }

  #draw(id: number, track: Track, at: Readonly<Reckoned>): Drawn {
    const drawn = this.#drawnOf(track, id, track.kind);
    const { published } = track.beliefs[0]!;
    drawn.variant = published.variant;
    drawn.owner = published.owner;
    drawn.status = published.status;
    drawn.angle = angleFromWire(at.angle);
    thrustOf(published.move_x, published.move_y, drawn.thrust);
    return moved(drawn, at);
  }

  #drawShot(shot: Shot): Drawn {
    const { shots, welcome } = this.#play;
    const drawn = this.#drawnOf(shot, shot.id, welcome.kinds[shots!.kind]!);
    drawn.owner = welcome.player;
    drawn.status = shot.status;
    drawn.angle = Math.atan2(shot.vy, shot.vx);
    return moved(drawn, shot);
  }

  #drawnOf(what: Track | Shot, id: number, kind: Kind): Drawn {
    let drawn = this.#drawn.get(what);
    if (!drawn) {
      drawn = { ...blank(), ...shown(kind), id };
      this.#drawn.set(what, drawn);
    }
    return drawn;
  }
}

/** What of a kind decides how it is drawn. */
export function shown({ look, category, radius }: Kind): Pick<Drawn, "kind" | "colour" | "label" | "radius"> {
  const { style, colour, label } = look ?? PLAIN;
  return { kind: style || category, colour, label, radius };
}

function moved(drawn: Drawn, { x, y, vx, vy }: Readonly<Reckoned>): Drawn {
  drawn.x = x;
  drawn.y = y;
  drawn.vx = vx;
  drawn.vy = vy;
  return drawn;
}

/** Nothing yet. */
export function blank(): Drawn {
  return { id: 0, kind: "", colour: "owner", label: "", radius: 1, variant: 0, owner: 0, status: 0, x: 0, y: 0, vx: 0, vy: 0, angle: 0, thrust: { x: 0, y: 0 }, mine: false };
}
