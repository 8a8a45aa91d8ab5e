/**
 * One stay in one room, from a welcome to the next: what is believed, what is predicted, and which tick it is.
 *
 *     take      a message: beliefs, the own ship's reconciliation, the clock
 *     step      the ticks that are due: sample the player, predict, say
 *
 * A slow client skips ticks (the server holds its inputs) rather than to fall further and further behind.
 */

import { type Engine, Walls } from "./collision";
import { Outbox, inputOf } from "./inputs";
import { Interpolation } from "./interpolation";
import type { Kind } from "./kinds";
import { Lead } from "./lead";
import type { Input } from "./motion";
import type { ClientMessage, Happening, ServerMessage, Welcome } from "./messages";
import { OwnPulse } from "./own_pulse";
import { Prediction } from "./prediction";
import { seenToWire } from "./quantize";
import { Roster } from "./roster";
import type { Controls, GameEvent, Gauges } from "./scene";
import { Smoothing } from "./smoothing";
import type { Snapshot } from "./snapshot";
import { snapshotInterval } from "./ticks";
import { View } from "./view";

const TICKS_PER_STEP_MAX = 8;
/** Without news we don't run on for ever; the server refuses what is more than 120 ticks ahead. */
const AHEAD_TICKS_MAX = 100;

/** What a stay needs of the connection. */
export interface Post {
  readonly rtt_ms: number;
  send(message: ClientMessage): void;
}

export class Play {
  readonly engine: Engine;
  readonly view: View;
  readonly roster: Roster;
  readonly lead: Lead;
  readonly prediction: Prediction;
  readonly interpolation: Interpolation;
  readonly smoothing: Smoothing;
  /** The integers that `welcome.hud` names. */
  readonly hud: Record<string, number> = {};
  ack = 0;
  /** The own ship's entity; 0 with none. */
  entity = 0;
  readonly welcome: Welcome;
  readonly #post: Post;
  readonly #controls: Controls;
  readonly #gauges: Gauges;
  readonly #outbox: Outbox;
  readonly #pulse: OwnPulse;
  readonly #happenings: Happening[] = [];
  /** What is foreseen to happen, and shown at once. */
  readonly #foreseen: GameEvent[] = [];
  #heard_ms = NaN;
  #stale = false;

  constructor(welcome: Welcome, post: Post, controls: Controls, gauges: Gauges) {
    const { kinds, tick_rate, snapshot_rate, arena, players } = welcome;
    this.welcome = welcome;
    this.#post = post;
    this.#controls = controls;
    this.#gauges = gauges;
    const ship = shipAmong(kinds);
    this.view = new View(kinds, tick_rate);
    this.roster = new Roster(players);
    this.lead = new Lead(tick_rate);
    this.engine = new Walls(arena);
    this.prediction = new Prediction(ship, this.engine, tick_rate);
    this.interpolation = new Interpolation(this.view, snapshot_rate);
    this.smoothing = new Smoothing(2 * ship.radius);
    this.#pulse = new OwnPulse(arena, this.interpolation);
    this.#outbox = new Outbox(snapshotInterval(welcome), (inputs) => post.send(inputs));
  }

  /** The newest tick that was predicted and said. */
  get tick(): number {
    return this.prediction.tick;
  }

  take(message: ServerMessage, now_ms: number): void {
    if (message.type === "snapshot") this.#apply(message, now_ms);
    if (message.type === "event") {
      this.roster.take(message);
      if (!this.#isForeseen(message)) this.#happenings.push(message);
    }
  }

  /** Takes the ticks that are due at `now_ms`. */
  step(now_ms: number): void {
    if (!this.lead.started) return;
    const due = Math.min(Math.floor(this.lead.tickAt(now_ms)), this.view.tick + AHEAD_TICKS_MAX);
    for (let tick = Math.max(this.tick + 1, due - TICKS_PER_STEP_MAX + 1); tick <= due; tick += 1) {
      const input = inputOf(this.#controls.sample());
      this.lead.took(tick, now_ms);
      this.#pulseAt(tick, input);
      this.prediction.advance(tick, input);
      this.#outbox.add(tick, input, this.view.tick, seenToWire(tick - this.interpolation.tick));
    }
    this.#outbox.post(this.view.tick);
  }

  /** What has happened by the tick that the picture shows, and what we foresee; each once. */
  happened(): GameEvent[] {
    const ahead = this.#happenings.findIndex(({ tick }) => tick > this.interpolation.tick);
    return [...this.#foreseen.splice(0), ...this.#happenings.splice(0, ahead < 0 ? this.#happenings.length : ahead)];
  }

  /** The page was hidden: whatever the clock says then is not to be trusted. */
  pause(): void {
    this.#stale = true;
  }

  /** Before the ship moves: as the server does it. */
  #pulseAt(tick: number, input: Input): void {
    const { pulse_until } = this.hud;
    if (!this.prediction.alive || pulse_until === undefined || this.roster.match?.phase === "podium") return;
    const { ship } = this.prediction;
    const from = { x: ship.x + this.smoothing.x, y: ship.y + this.smoothing.y };
    const beam = this.#pulse.take(tick, input, from, this.entity, this.welcome.player, pulse_until, this.ack);
    if (beam) this.#foreseen.push(beam);
  }

  #isForeseen({ name, tick, body }: Happening): boolean {
    return name === "pulse" && body["player"] === this.welcome.player && this.#pulse.tells(tick);
  }

  #apply(snapshot: Snapshot, now_ms: number): void {
    for (const cell of this.view.apply(snapshot)) this.#post.send({ type: "resync", cell });
    this.interpolation.heard(now_ms);
    snapshot.hud?.forEach((value, at) => {
      this.hud[this.welcome.hud[at]!] = value;
    });
    this.ack = snapshot.ack;
    this.#keepTime(snapshot, now_ms);
    this.#reconcile(snapshot);
    this.#measure(snapshot, now_ms);
  }

  #keepTime(snapshot: Snapshot, now_ms: number): void {
    const { rtt_ms } = this.#post;
    if (!this.lead.started || this.#stale) this.lead.start(snapshot.tick, rtt_ms, now_ms);
    else this.lead.heard(snapshot, rtt_ms, now_ms);
    this.#stale = false;
  }

  /** The state jumps to what is right; what is drawn follows. */
  #reconcile({ own, tick }: Snapshot): void {
    const { ship } = this.prediction;
    const { x, y } = ship;
    const same = this.prediction.alive && own?.entity === this.entity;
    this.prediction.reconcile(own, tick);
    this.entity = own?.entity ?? 0;
    if (same) this.smoothing.moved(ship.x - x, ship.y - y);
    else this.smoothing.clear();
  }

  #measure({ tick, slack_ms }: Snapshot, now_ms: number): void {
    const gauges = this.#gauges;
    if (!Number.isNaN(this.#heard_ms)) gauges.push("snapshot_interval_ms", now_ms - this.#heard_ms);
    this.#heard_ms = now_ms;
    gauges.push("rtt_ms", this.#post.rtt_ms);
    if (slack_ms !== null) gauges.push("slack_ms", slack_ms);
    gauges.push("lead_ticks", this.lead.tickAt(now_ms) - tick);
    gauges.push("prediction_error_units", this.prediction.error_units);
  }
}

function shipAmong(kinds: readonly Kind[]): Kind {
  const ship = kinds.find((kind) => kind.category === "ship");
  if (!ship) throw new Error("the server's game has no ships");
  return ship;
}
