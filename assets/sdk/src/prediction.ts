/**
 * Where our own ship is now: what the server last said, and our own inputs since, through the same physics.
 * The twin of `bots/prediction.py`.
 *
 * The server's ship after tick S is exact (`Own`), and so is what is close to it (`near`). Ahead of it we have sent inputs
 * for the ticks up to P. We live through S+1..P in a `Neighbourhood`, and expect the server to arrive where we did. Each
 * snapshot is one of two cases:
 *
 *     as foreseen   the server's ship after S is the one we foresaw, to the bit; so is, as far as it is told, what may touch
 *                   it before the next snapshots; and we live with all of that: what we foresaw after S holds
 *     else          go back to what the server says, and live S+1..P again
 *
 * So nothing is lived again that was right, and the engine's memory of contacts, which no message carries, is lost only
 * where something was wrong. What others will do after S is not known: their sticks are held. That is what the error is
 * made of. The state jumps to what is right; to show that gently is `smoothing`'s.
 *
 * What the server tells exactly is what will touch our ship before long if it goes on as it does, and it doesn't know yet
 * what we did since. So what is published of others is looked at as well, and by so much farther as that led us astray.
 * What we do after that counts from the next snapshot on. Where none comes for longer than usual, a boost may lead us
 * through what we don't live with; the next one puts that right.
 *
 * The cost of a snapshot is bounded. The ticks are at most REPLAY_TICKS_MAX; the bodies, the nearest first, so many that
 * bodies times ticks is at most BODY_TICKS_MAX, and no more than the caller can afford (`thrift`). Leaving bodies out makes
 * the prediction worse where they are touched and costs nothing else. Our own ship is always lived.
 */

import { type Input, NEUTRAL } from "./motion";
import type { BodyState, Neighbourhood, ShipState } from "./neighbourhood";
import { agree } from "./neighbours";
import type { Own } from "./snapshot";

/** Inputs further behind than this are forgotten; the server has dealt with them or never will. */
export const REPLAY_TICKS_MAX = 120;
/** Beside our ship. */
export const BODIES_MAX = 8;
/** Bodies times ticks lived again for one snapshot. */
export const BODY_TICKS_MAX = 256;
/** A snapshot must do until so many ticks after the newest input: the next ones may be late. */
export const SOON_TICKS = 8;
/**
 * What steering, others' and ours, may bring them closer in that time than all go by themselves; or a boost of ours in three
 * ticks, in which there is a snapshot as a rule.
 */
export const MARGIN_UNITS = 24;
/** A missing input repeats the last one for this many ticks, then the ship is left alone. */
const HOLD_TICKS_MAX = 15;

/** What a snapshot did to a prediction. */
export interface Reconciled {
  /** How far from the server's ship the one was that we foresaw for its tick, if we did. */
  error_units: number | null;
  /** The same, for what we had foreseen of that tick at first, when it was lived and no snapshot had corrected it. */
  surprise_units: number | null;
  /** How far our ship, as it is now, was moved. */
  correction_units: number;
  replayed_ticks: number;
  /** That are lived with our ship. */
  bodies: number;
  /** That ought to have been, and were too much. */
  bodies_left_out: number;
}

const NOTHING: Reconciled = { error_units: null, surprise_units: null, correction_units: 0, replayed_ticks: 0, bodies: 0, bodies_left_out: 0 };

/** One ship, ahead of the server. */
export class Prediction {
  /** The ship after `tick`; null without a ship. */
  state: ShipState | null = null;
  /** The newest tick that was lived. */
  tick = 0;
  /** The newest input that was applied. */
  input: Readonly<Input> = NEUTRAL;
  /** Counts whenever `state` becomes another one. */
  version = 0;
  space: Neighbourhood;
  readonly #tick_rate: number;
  /** The newest tick whose input was sent: the server holds it from there on. */
  #said_tick = 0;
  #entity = 0;
  /** Inputs that the server has not simulated yet, as far as we know. */
  #sent: { tick: number; input: Readonly<Input> }[] = [];
  /** The state after each tick of these, as we know it now. */
  readonly #foreseen = new Map<number, ShipState>();
  /** And what was beside our ship then, if anything. */
  readonly #beside = new Map<number, readonly BodyState[]>();
  /** The same, as it was foreseen at first: what a player saw. */
  readonly #shown = new Map<number, ShipState>();

  constructor(space: Neighbourhood, tick_rate: number) {
    this.space = space;
    this.#tick_rate = tick_rate;
  }

  /** Among other walls from now on. What was foreseen among the old ones counts no more: the next snapshot begins anew. */
  moveTo(space: Neighbourhood): void {
    this.space = space;
    this.#foreseen.clear();
    this.#beside.clear();
    if (this.state) space.restore(this.state, []);
  }

  /** Lives through `tick`, later than any before, with the input that is sent for it. Ticks left out are held as the server holds them. */
  step(tick: number, now: Input): void {
    const held: Input = { ...this.input, edges: 0 };
    const released: Input = { ...NEUTRAL, aim: held.aim };
    const last = this.#said_tick;
    for (let missing = Math.max(this.tick + 1, tick - REPLAY_TICKS_MAX + 1); missing < tick; missing += 1) {
      this.#live(missing, missing - last <= HOLD_TICKS_MAX ? held : released);
    }
    this.#live(tick, now);
    this.#said_tick = tick;
  }

  /**
   * Takes the server's ship after `tick`, and what is beside it, the nearest first. `others`: what else there is around, as
   * it is published.
   */
  reconcile(
    own: Own | null, tick: number, beside: readonly BodyState[] = [], others: readonly BodyState[] = [], bodies_max = BODIES_MAX,
  ): Reconciled {
    const lived = this.#beside.get(tick) ?? [];
    let { foreseen, shown } = this.#answer(tick);
    this.tick = Math.max(this.tick, tick);
    this.version += 1;
    if (!own) {
      this.#loseShip();
      return NOTHING;
    }
    if (own.entity !== this.#entity) {
      foreseen = shown = undefined;
      this.#entity = own.entity;
      this.state = null;
    }
    const { x, y, vx, vy, boost_ticks } = own;
    const truth: ShipState = { x, y, vx, vy, boost_ticks };
    const errors = { error_units: foreseen ? apart(foreseen, truth) : null, surprise_units: shown ? apart(shown, truth) : null };
    const { wanted, bodies } = this.#choose(truth, beside, others, bodies_max);
    const bodies_left_out = Math.min(wanted, BODIES_MAX) - bodies.length;
    if (foreseen && same(foreseen, truth) && this.#isAsForeseen(lived, bodies, beside, others)) {
      return { ...NOTHING, ...errors, bodies: bodies.length, bodies_left_out };
    }
    const before = this.state;
    const correction_units = apart(this.#liveAgain(truth, bodies), before ?? this.state!);
    return { ...errors, correction_units, replayed_ticks: this.#sent.length, bodies: bodies.length, bodies_left_out };
  }

  #loseShip(): void {
    this.#entity = 0;
    this.state = null;
    this.#foreseen.clear();
    this.#beside.clear();
    this.#shown.clear();
  }

  #live(tick: number, input: Readonly<Input>): void {
    this.tick = tick;
    this.input = input;
    this.version += 1;
    if (this.#sent.length === REPLAY_TICKS_MAX) this.#forget(this.#sent.shift()!.tick);
    this.#sent.push({ tick, input });
    if (!this.state) return;
    this.state = this.#foresee(tick, input);
    this.#shown.set(tick, this.state);
  }

  /** What we foresaw for `tick`, now and at first. The inputs up to it are done with. */
  #answer(tick: number): { foreseen: ShipState | undefined; shown: ShipState | undefined } {
    const answer = { foreseen: this.#foreseen.get(tick), shown: this.#shown.get(tick) };
    while (this.#sent[0] && this.#sent[0].tick <= tick) this.#forget(this.#sent.shift()!.tick);
    return answer;
  }

  #forget(tick: number): void {
    this.#foreseen.delete(tick);
    this.#beside.delete(tick);
    this.#shown.delete(tick);
  }

  /** How many matter, and those that are lived with: all there are around, or none if none may touch us soon. */
  #choose(
    truth: ShipState, beside: readonly BodyState[], others: readonly BodyState[], bodies_max: number,
  ): { wanted: number; bodies: readonly BodyState[] } {
    const seconds = (this.#sent.length + SOON_TICKS) / this.#tick_rate;
    const margin_units = MARGIN_UNITS + this.#astrayUnits(truth, seconds);
    const around = [...beside, ...others];
    if (!around.some((body) => this.space.mayTouch(truth, body, seconds, margin_units))) return { wanted: 0, bodies: [] };
    const afforded = Math.min(BODIES_MAX, bodies_max, Math.floor(BODY_TICKS_MAX / Math.max(1, this.#sent.length)));
    return { wanted: around.length, bodies: around.slice(0, afforded) };
  }

  /** How far we shall be from where the server's ship would be in so long, were it to go straight on. */
  #astrayUnits(truth: ShipState, seconds: number): number {
    if (!this.state) return 0;
    const soon_s = SOON_TICKS / this.#tick_rate;
    const { x, y, vx, vy } = this.state;
    return Math.hypot(x + vx * soon_s - truth.x - truth.vx * seconds, y + vy * soon_s - truth.y - truth.vy * seconds);
  }

  /**
   * Whether we live with all `bodies`, and all that we live with are where we had them. More than is needed is no reason to forget what
   * the engine remembers.
   */
  #isAsForeseen(lived: readonly BodyState[], bodies: readonly BodyState[], beside: readonly BodyState[], others: readonly BodyState[]): boolean {
    if (lived.length < bodies.length) return false;
    const agrees = (foreseen: BodyState) => {
      const exactly = beside.find(({ entity }) => entity === foreseen.entity);
      const told = exactly ?? others.find(({ entity }) => entity === foreseen.entity);
      return told !== undefined && agree(foreseen, told, told === exactly, this.space.turns(told));
    };
    return lived.every(agrees) && bodies.every((body) => lived.some(({ entity }) => entity === body.entity));
  }

  #foresee(tick: number, input: Readonly<Input>): ShipState {
    const state = this.space.step(input);
    this.#foreseen.set(tick, state);
    if (!this.space.is_alone) this.#beside.set(tick, this.space.beside());
    return state;
  }

  #liveAgain(truth: ShipState, bodies: readonly BodyState[]): ShipState {
    this.space.restore(truth, bodies);
    let state = truth;
    this.#foreseen.clear();
    this.#beside.clear();
    for (const { tick, input } of this.#sent) state = this.#foresee(tick, input);
    this.state = state;
    return state;
  }
}

function apart(one: ShipState, other: ShipState): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function same(one: ShipState, other: ShipState): boolean {
  return one.x === other.x && one.y === other.y && one.vx === other.vx && one.vy === other.vy && one.boost_ticks === other.boost_ticks;
}
