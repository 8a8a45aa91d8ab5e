/**
 * For tests: a stay in a room, played against a server of one ship that hears at once and answers every other tick.
 *
 * No socket and no clock; a render frame per tick, unless asked otherwise.
 */

import conversation from "../../../tests/golden/conversation.json";
import { Walls } from "./collision";
import type { ClientMessage, Inputs, Welcome } from "./messages";
import { type Input, NEUTRAL } from "./motion";
import { Picture } from "./picture";
import { Play } from "./play";
import { Prediction } from "./prediction";
import type { ControlSample, LinkState, Scene } from "./scene";
import type { Own, Snapshot } from "./snapshot";

const TICK_MS = 1000 / 60;
const welcome = conversation.server[0]!.json as unknown as Welcome;

export const LINK: LinkState = { state: "playing", reason: "", retry_in_s: 0 };

export class Duel {
  readonly said: ClientMessage[] = [];
  readonly gauges = new Map<string, number>();
  controls: ControlSample = { move: { x: 1, y: 0 }, aim: 0, fire: false, boost: false, pulse: false, pressed: { fire: false, boost: false, pulse: false } };
  readonly play = new Play(
    welcome,
    { rtt_ms: 0, send: (message) => this.#hear(message) },
    { sample: () => this.controls },
    { push: (name, value) => void this.gauges.set(name, value), counters: () => ({}) },
  );
  readonly picture = new Picture(this.play);
  tick = 1000;
  now_ms = this.tick * TICK_MS;
  readonly server = new Prediction(welcome.kinds[0]!, new Walls(welcome.arena), 60);
  /** Shoves the server's ship to the right in its next tick, by units. */
  push = 0;
  readonly #inputs = new Map<number, { input: Input; said_ms: number }>();
  #slack_ms = Infinity;

  constructor() {
    this.server.reconcile({ entity: 7, x: 500, y: 600, vx: 0, vy: 0, boost_ticks: 0 }, this.tick);
  }

  /** Plays on until the server is so many ticks further, showing each scene to `seen`. */
  run(ticks: number, frame_ms = TICK_MS, seen: (scene: Scene) => void = () => undefined): this {
    for (const end = this.tick + ticks; this.tick < end; ) {
      this.now_ms += frame_ms;
      while ((this.tick + 1) * TICK_MS <= this.now_ms + 1e-6) this.#serve();
      this.play.step(this.now_ms);
      seen(this.picture.take(this.now_ms, LINK));
    }
    return this;
  }

  #serve(): void {
    this.tick += 1;
    const taken = this.#inputs.get(this.tick);
    if (taken) this.#note(this.tick * TICK_MS - taken.said_ms);
    this.server.advance(this.tick, taken?.input ?? NEUTRAL);
    this.server.ship.x += this.push;
    this.push = 0;
    if (this.tick % 2 === 0) this.play.take(this.snapshot(), this.now_ms);
  }

  snapshot(news: Partial<Snapshot> = {}): Snapshot {
    const { tick, ship } = this.server;
    const own: Own = { entity: 7, x: ship.x, y: ship.y, vx: ship.vx, vy: ship.vy, boost_ticks: ship.boost_ticks };
    const slack_ms = Number.isFinite(this.#slack_ms) ? Math.round(this.#slack_ms) : null;
    this.#slack_ms = Infinity;
    return { type: "snapshot", tick, ack: this.#inputs.has(tick) ? tick : 0, slack_ms, own, hud: [80, 1500], left: [], near: null, cells: [], ...news };
  }

  inputs(): Inputs[] {
    return this.said.filter((message) => message.type === "inputs");
  }

  #hear(message: ClientMessage): void {
    this.said.push(message);
    if (message.type !== "inputs") return;
    message.entries.forEach((input, at) => {
      const tick = message.first_tick + at;
      this.#inputs.set(tick, { input, said_ms: this.now_ms });
      if (tick <= this.tick) this.#note((tick - this.tick - 1) * TICK_MS);
    });
  }

  #note(slack_ms: number): void {
    this.#slack_ms = Math.min(this.#slack_ms, slack_ms);
  }
}
