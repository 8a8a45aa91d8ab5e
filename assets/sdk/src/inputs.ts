/**
 * What the player does, as it goes to the server: one entry per tick, a few ticks to a message.
 *
 * Every tick is said once, in order; where ticks were left out a new message begins.
 */

import { INPUTS_PER_MESSAGE_MAX, type Inputs } from "./messages";
import { BOOST, FIRE, type Input, PULSE } from "./motion";
import { aimToWire, moveToWire } from "./quantize";
import type { ControlSample } from "./scene";

/** Inputs are said at least every so many ticks. */
const BATCH_TICKS_MAX = 2;

export function inputOf({ move, aim, fire, boost, pulse, pressed }: ControlSample): Input {
  return {
    move_x: moveToWire(move.x),
    move_y: moveToWire(move.y),
    aim: aimToWire(aim),
    buttons: (fire ? FIRE : 0) | (boost ? BOOST : 0) | (pulse ? PULSE : 0),
    edges: (pressed.fire ? FIRE : 0) | (pressed.boost ? BOOST : 0) | (pressed.pulse ? PULSE : 0),
  };
}

/** Inputs that wait to be sent. */
export class Outbox {
  #first_tick = 0;
  #entries: Input[] = [];
  #seen = 0;
  readonly #send: (inputs: Inputs) => void;
  readonly #batch_ticks: number;

  /** `snapshot_interval`: ticks; there is no point in speaking more often than the server does. */
  constructor(snapshot_interval: number, send: (inputs: Inputs) => void) {
    this.#send = send;
    this.#batch_ticks = Math.min(BATCH_TICKS_MAX, snapshot_interval);
  }

  /** `seen`: as in the message, when this input was made. */
  add(tick: number, input: Input, applied: number, seen: number): void {
    const next = this.#first_tick + this.#entries.length;
    if (tick !== next || this.#entries.length === INPUTS_PER_MESSAGE_MAX) this.flush(applied);
    if (this.#entries.length === 0) this.#first_tick = tick;
    this.#entries.push(input);
    this.#seen = seen;
  }

  /** Sends what waits, if it is a message's worth. */
  post(applied: number): void {
    if (this.#entries.length >= this.#batch_ticks) this.flush(applied);
  }

  /** Sends what waits. */
  flush(applied: number): void {
    if (this.#entries.length === 0) return;
    this.#send({ type: "inputs", first_tick: this.#first_tick, entries: this.#entries, applied, seen: this.#seen });
    this.#entries = [];
  }
}
