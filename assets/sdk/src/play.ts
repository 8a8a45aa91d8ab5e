/**
 * One stay in one room, from a welcome to the next: what is believed, what is predicted, and which tick it is.
 *
 *     take      a message: beliefs, the own ship's reconciliation, the clock
 *     step      the ticks that are due: sample the player, predict, say
 *
 * A slow client skips ticks (the server holds its inputs) rather than to fall further and further behind.
 */

import type { Clip } from "./clip";
import { NOTHING, slainIn } from "./description";
import { Figures } from "./figures";
import { History } from "./history";
import { Outbox, inputOf } from "./inputs";
import { Interpolation } from "./interpolation";
import type { Kind } from "./kinds";
import { Lead } from "./lead";
import type { Input } from "./motion";
import type { ClientMessage, Happening, ServerMessage, Welcome } from "./messages";
import { Neighbourhood, type ShipState } from "./neighbourhood";
import { neighbours, others } from "./neighbours";
import { OwnPulse } from "./own_pulse";
import { OwnShots } from "./own_shots";
import type { Engine } from "./physics";
import { Prediction } from "./prediction";
import { seenToWire } from "./quantize";
import { Roster } from "./roster";
import type { Arena, Controls, GameEvent, Gauges } from "./scene";
import { Smoothing } from "./smoothing";
import type { Snapshot } from "./snapshot";
import { Thrift } from "./thrift";
import { snapshotInterval } from "./ticks";
import { Touch } from "./touch";
import { View } from "./view";
import { Walls } from "./walls";

const TICKS_PER_STEP_MAX = 8;
/** So much is kept of what has happened until somebody asks: a page that is hidden doesn't. */
const HAPPENINGS_KEPT = 256;

/** What a stay needs of the connection. */
export interface Post {
  readonly rtt_ms: number;
  send(message: ClientMessage): void;
}

export interface OwnDrawn {
  x: number;
  y: number;
  vx: number;
  vy: number;
  at_ms: number;
}

export class Play {
  readonly view: View;
  readonly roster: Roster;
  readonly lead: Lead;
  readonly prediction: Prediction;
  readonly interpolation: Interpolation;
  readonly smoothing: Smoothing;
  readonly touch = new Touch();
  /** Ours alone; null in a game that doesn't say what its guns are like. */
  readonly shots: OwnShots | null;
  readonly figures = new Figures();
  /** What was told in the last few seconds; null where there is no end to be shown again: of whoever watches, and where the game knows none. */
  readonly history: History | null;
  /** The integers that `welcome.hud` names. */
  readonly hud: Record<string, number> = {};
  ack = 0;
  /** Where our ship was drawn last, in units and units/s, and when; null without one. */
  drawn: OwnDrawn | null = null;
  /** The own ship's entity; 0 with none. */
  entity = 0;
  readonly welcome: Welcome;
  /** The kind of ours. */
  readonly ship: Kind;
  readonly #engine: Engine;
  readonly #post: Post;
  readonly #controls: Controls;
  readonly #gauges: Gauges;
  readonly #outbox: Outbox;
  readonly #pulse: OwnPulse;
  readonly #thrift = new Thrift();
  readonly #happenings: Happening[] = [];
  /** What is foreseen to happen, and shown at once. */
  readonly #foreseen: GameEvent[] = [];
  /** Our latest end, until the picture is there. */
  #clip: Clip | null = null;
  #heard_ms = NaN;
  /** When the first snapshot of a room comes that is seen late; NaN: it isn't, or there has been one. */
  #starts_ms = NaN;
  #stale = false;

  constructor(welcome: Welcome, engine: Engine, post: Post, controls: Controls, gauges: Gauges) {
    const { kinds, tick_rate, snapshot_rate, arena, players, gun, description } = welcome;
    this.welcome = welcome;
    this.#engine = engine;
    this.#post = post;
    this.#controls = controls;
    this.#gauges = gauges;
    const ship = shipAmong(kinds);
    this.ship = ship;
    this.view = new View(kinds, tick_rate);
    this.roster = new Roster(players);
    this.history = welcome.role === "player" && description?.kills?.length ? new History(kinds, tick_rate) : null;
    this.lead = new Lead(tick_rate);
    this.prediction = new Prediction(new Neighbourhood(engine, arena, kinds, ship, tick_rate), tick_rate);
    this.shots = gun ? new OwnShots(gun, engine, arena, this.view) : null;
    this.interpolation = new Interpolation(this.view, snapshot_rate, new Walls(engine, arena));
    this.smoothing = new Smoothing(2 * ship.radius);
    this.#pulse = new OwnPulse(arena, this.interpolation);
    this.#outbox = new Outbox(snapshotInterval(welcome), (inputs) => post.send(inputs));
  }

  /** The newest tick that was predicted and said. */
  get tick(): number {
    return this.prediction.tick;
  }

  /** The arena is this one from now on: where it is built together. */
  rearrange(arena: Arena): void {
    const { kinds, tick_rate } = this.welcome;
    this.prediction.moveTo(new Neighbourhood(this.#engine, arena, kinds, this.ship, tick_rate));
    this.interpolation.moveTo(new Walls(this.#engine, arena));
    this.shots?.moveTo(this.#engine, arena);
    this.#pulse.moveTo(arena);
  }

  take(message: ServerMessage, now_ms: number): void {
    if (message.type === "snapshot") this.#apply(message, now_ms);
    if (message.type === "event") {
      this.roster.take(message);
      this.#remember(message);
      if (message.name === "late" && !this.lead.started) this.#starts_ms = now_ms + 1000 * (message.body["starts_in_s"] as number);
      if (!this.#isForeseen(message)) this.#happenings.push(message);
      if (this.#happenings.length > HAPPENINGS_KEPT) this.#happenings.shift();
    }
  }

  /** Takes the ticks that are due at `now_ms`. Whoever watches has no inputs. */
  step(now_ms: number): void {
    if (!this.lead.started || this.welcome.role === "spectator") return;
    const due = this.lead.due(now_ms);
    for (let tick = Math.max(this.tick + 1, due - TICKS_PER_STEP_MAX + 1); tick <= due; tick += 1) {
      const input = inputOf(this.#controls.sample());
      this.lead.took(tick, now_ms);
      this.#pulseAt(tick, input);
      this.#foresee(tick, input);
      this.#outbox.add(tick, input, this.view.tick, seenToWire(tick - this.interpolation.tick));
    }
    this.#outbox.post(this.view.tick);
  }

  /** What has happened by the tick that the picture shows, and what we foresee; each once, and of a crowd of them the latest. */
  happened(): GameEvent[] {
    const ahead = this.#happenings.findIndex(({ tick }) => tick > this.interpolation.tick);
    return [...this.#foreseen.splice(0), ...this.#happenings.splice(0, ahead < 0 ? this.#happenings.length : ahead)];
  }

  /** How we were slain, once the picture shows it; once each time. */
  slain(): Clip | null {
    const clip = this.#clip;
    if (!clip || clip.ending.tick > this.interpolation.tick) return null;
    this.#clip = null;
    return clip;
  }

  /** How many ticks our pulse still has to load; it loads from the tick in which it is let go, not from when we hear of that. */
  get pulse_ticks(): number {
    const until = this.#pulse.loadedAt(this.hud["pulse_until"] ?? 0, this.tick, this.ack, this.welcome.tick_rate);
    return Math.max(0, until - this.tick);
  }

  /** How long until the picture of a room starts that is seen late; null: it has. */
  startsInAt(now_ms: number): number | null {
    return Number.isNaN(this.#starts_ms) || this.lead.started ? null : Math.max(0, (this.#starts_ms - now_ms) / 1000);
  }

  /** The page was hidden: whatever the clock says then is not to be trusted. */
  pause(): void {
    this.#stale = true;
  }

  /** Before the ship moves: as the server does it. */
  #pulseAt(tick: number, input: Input): void {
    const { pulse_until } = this.hud;
    const ship = this.prediction.state;
    if (!ship || pulse_until === undefined || this.roster.match?.phase === "podium") return;
    const from = { x: ship.x + this.smoothing.x, y: ship.y + this.smoothing.y };
    const beam = this.#pulse.take(tick, input, from, this.entity, this.welcome.player, pulse_until, this.ack);
    if (beam) this.#foreseen.push(beam);
  }

  #isForeseen({ name, tick, body }: Happening): boolean {
    return name === "pulse" && body["player"] === this.welcome.player && this.#pulse.tells(tick);
  }

  #remember(event: Happening): void {
    const { history, roster, welcome } = this;
    history?.happened(event);
    const slain = slainIn(event, welcome.description ?? NOTHING);
    if (!history || slain?.victim !== welcome.player) return;
    const players = new Map([...roster.players].map(([id, player]) => [id, { ...player }]));
    this.#clip = history.clip({ tick: event.tick, slain, event, players });
  }

  #apply(snapshot: Snapshot, now_ms: number): void {
    for (const cell of this.view.apply(snapshot)) this.#post.send({ type: "resync", cell });
    this.history?.heard(snapshot.tick, this.view.entities);
    this.interpolation.heard(now_ms);
    snapshot.hud?.forEach((value, at) => {
      this.hud[this.welcome.hud[at]!] = value;
    });
    this.ack = snapshot.ack;
    this.#keepTime(snapshot, now_ms);
    this.#reconcile(snapshot);
    this.shots?.heard(snapshot.own);
    this.#measure(snapshot, now_ms);
  }

  #keepTime(snapshot: Snapshot, now_ms: number): void {
    const { rtt_ms } = this.#post;
    const { snaps } = this.lead;
    if (this.#stale) this.lead.start(snapshot.tick, rtt_ms, now_ms);
    else this.lead.heard(snapshot, rtt_ms, now_ms);
    if (this.lead.snaps > snaps) this.#outbox.flush(this.view.tick); // the next tick may be some time off
    this.#stale = false;
  }

  #foresee(tick: number, input: Input): void {
    const { prediction } = this;
    if (prediction.state && this.roster.match?.phase !== "podium") {
      this.shots?.step(tick, input, prediction.state, this.hud["rapid_until"] ?? 0);
    }
    prediction.step(tick, input);
    this.figures.touched(tick, prediction.space.takeTouched());
  }

  /** The state jumps to what is right; what is drawn follows. */
  #reconcile({ own, tick, near, ack, slack_ms }: Snapshot): void {
    const { prediction, figures } = this;
    const before = prediction.state;
    const same = before !== null && own?.entity === this.entity;
    const places = this.#places();
    const beside = own && near ? neighbours(own, near, this.view.entities) : [];
    const around = own ? others(own, beside, this.view) : [];
    const began_ms = performance.now();
    const done = prediction.reconcile(own, tick, beside, around, this.#thrift.bodies_max);
    const ended_ms = performance.now();
    this.#thrift.note(ended_ms - began_ms, ended_ms);
    this.entity = own?.entity ?? 0;
    figures.touched(prediction.tick, prediction.space.takeTouched());
    figures.punctual(tick, ack, slack_ms);
    const situation = figures.reconciled(tick, prediction.tick - tick, done);
    if (done.error_units !== null) this.#gauges.push(`own_error_${situation}_units`, done.error_units);
    this.#gauges.push("prediction_error_units", done.error_units ?? 0);
    this.#gauges.push("surprise_units", done.surprise_units ?? 0);
    this.#gauges.push("correction_units", done.correction_units);
    this.#gauges.push("replayed_body_ticks", done.replayed_ticks * (1 + done.bodies));
    this.#gauges.push("bodies_left_out", done.bodies_left_out);
    this.#melt(same ? before : null, places);
  }

  /** Where what is beside our ship is foreseen now. */
  #places(): Map<number, { x: number; y: number }> {
    const places = new Map<number, { x: number; y: number }>();
    if (this.prediction.state) this.prediction.space.look((entity, { x, y }) => places.set(entity, { x, y }));
    return places;
  }

  /** What a snapshot has moved is drawn where it was, and then goes where it is. */
  #melt(before: ShipState | null, places: ReadonlyMap<number, { x: number; y: number }>): void {
    const { state, space } = this.prediction;
    if (!before || !state) {
      this.smoothing.clear();
      this.touch.clear();
      return;
    }
    this.smoothing.moved(state.x - before.x, state.y - before.y);
    space.look((entity, { x, y }) => {
      const was = places.get(entity);
      if (was) this.touch.moved(entity, x - was.x, y - was.y);
    });
  }

  #measure({ tick, slack_ms }: Snapshot, now_ms: number): void {
    const gauges = this.#gauges;
    if (!Number.isNaN(this.#heard_ms)) gauges.push("snapshot_interval_ms", now_ms - this.#heard_ms);
    this.#heard_ms = now_ms;
    gauges.push("jitter_ms", this.interpolation.jitter_ms);
    gauges.push("rtt_ms", this.#post.rtt_ms);
    if (slack_ms !== null) gauges.push("slack_ms", slack_ms);
    gauges.push("lead_ticks", this.lead.tickAt(now_ms) - tick);
  }
}

function shipAmong(kinds: readonly Kind[]): Kind {
  const ship = kinds.find((kind) => kind.category === "ship");
  if (!ship) throw new Error("the server's game has no ships");
  return ship;
}
