/**
 * For tests: a stay in a room, played against a server of one ship that hears at once and answers every other tick.
 *
 * No socket and no clock; a render frame per tick, unless asked otherwise.
 */

import conversation from "../../../tests/golden/conversation.json";
import { engine } from "./engine_inline";
import type { ClientMessage, Inputs, Welcome } from "./messages";
import { type Input, NEUTRAL } from "./motion";
import { Picture } from "./picture";
import { Play } from "./play";
import { Neighbourhood, type ShipState } from "./neighbourhood";
import { Prediction } from "./prediction";
import type { ControlSample, LinkState, Scene } from "./scene";
import type { Own, Snapshot } from "./snapshot";

const TICK_MS = 1000 / 60;
const welcome = conversation.server[0]!.json as unknown as Welcome;

export const LINK: LinkState = { state: "playing", reason: "", retry_in_s: 0, rtt_ms: 0 };

export class Duel {
  readonly said: ClientMessage[] = [];
  readonly gauges = new Map<string, number>();
  controls: ControlSample = { move: { x: 1, y: 0 }, aim: 0, fire: false, boost: false, pulse: false, pressed: { fire: false, boost: false, pulse: false } };
  readonly play: Play;
  readonly picture: Picture;
  tick = 1000;
  /** Render frames are half-way between the server's ticks. */
  now_ms = (this.tick + 0.5) * TICK_MS;
  readonly server = new Prediction(new Neighbourhood(engine, welcome.arena, welcome.kinds, welcome.kinds[0]!, 60), 60);
  /** Shoves the server's ship to the right in its next tick, by units. */
  push = 0;
  readonly #inputs = new Map<number, { input: Input; said_ms: number }>();
  #slack_ms = Infinity;

  /** In a room that is so much different. */
  constructor(different: Partial<Welcome> = {}) {
    this.play = new Play(
      { ...welcome, ...different },
      engine,
      { rtt_ms: 0, send: (message) => this.#hear(message) },
      { sample: () => this.controls },
      { push: (name, value) => void this.gauges.set(name, value), counters: () => ({}) },
    );
    this.picture = new Picture(this.play);
    this.put({ x: 500, y: 600, vx: 0, vy: 0, boost_ticks: 0 });
  }

  get ship(): ShipState {
    return this.server.state!;
  }

  /** Sets the server's ship down there. */
  put(ship: ShipState): void {
    this.server.reconcile({ entity: 7, ...ship }, this.tick);
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
    this.server.step(this.tick, taken?.input ?? NEUTRAL);
    if (this.push !== 0) this.put({ ...this.ship, x: this.ship.x + this.push });
    this.push = 0;
    if (this.tick % 2 === 0) this.play.take(this.snapshot(), this.now_ms);
  }

  snapshot(news: Partial<Snapshot> = {}): Snapshot {
    const { tick } = this.server;
    const own: Own = { entity: 7, ...this.ship };
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
