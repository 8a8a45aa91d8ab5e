/**
 * A few seconds of what this client was told, around a player's end: to be played as often as one likes.
 *
 *     goTo(tick), advance(tick)     the tick that is shown
 *     seen(), happened()            where everything is at it, and what has happened on the way to it
 *
 * It begins CLIP_BEFORE_S before the end, or when the life before was over, or with the oldest that is remembered; and goes on
 * for CLIP_AFTER_S, as that comes. It holds what it shows by itself: no more than that time, however long it is kept. Pure.
 */

import type { Slain } from "./description";
import type { Kind } from "./kinds";
import type { Happening } from "./messages";
import type { GameEvent, PlayerInfo } from "./scene";
import { Between, type Seen, type Still } from "./stills";

export const CLIP_BEFORE_S = 4;
export const CLIP_AFTER_S = 0.5;

/** Whose end it was, when, what was said of it, and who was there then. */
export interface Ending {
  readonly tick: number;
  readonly slain: Slain;
  readonly event: GameEvent;
  readonly players: ReadonlyMap<number, PlayerInfo>;
}

export class Clip {
  readonly ending: Ending;
  readonly kinds: readonly Kind[];
  readonly tick_rate: number;
  /** What is told after this is none of it. */
  readonly until_tick: number;
  /** What is shown. */
  tick: number;
  readonly #stills: Still[];
  readonly #events: Happening[];
  readonly #between: Between;
  #at = 0;
  #happened: Happening[] = [];

  constructor(
    ending: Ending, kinds: readonly Kind[], tick_rate: number, stills: readonly Still[], events: readonly Happening[], lived_from = -Infinity,
  ) {
    this.ending = ending;
    this.kinds = kinds;
    this.tick_rate = tick_rate;
    this.until_tick = ending.tick + CLIP_AFTER_S * tick_rate;
    const first_tick = Math.max(ending.tick - CLIP_BEFORE_S * tick_rate, lived_from);
    this.#stills = stills.filter(({ tick }) => tick >= first_tick && tick <= this.until_tick);
    this.#events = events.filter(({ tick }) => tick >= this.first_tick && tick <= this.until_tick);
    this.#between = new Between(kinds, tick_rate);
    this.tick = this.first_tick;
  }

  get first_tick(): number {
    return this.#stills[0]?.tick ?? this.ending.tick;
  }

  /** Of what is known by now. */
  get last_tick(): number {
    return this.#stills.at(-1)?.tick ?? this.ending.tick;
  }

  /** 0..1: how much of it is shown by now. */
  get share(): number {
    return Math.min(1, (this.tick - this.first_tick) / Math.max(1, this.until_tick - this.first_tick));
  }

  /** One more snapshot, later than the others. */
  heard(still: Still): void {
    if (still.tick <= this.until_tick) this.#stills.push(still);
  }

  /** One more event that draws something. */
  note(event: Happening): void {
    if (event.tick <= this.until_tick) this.#events.push(event);
  }

  /** Leaps to `tick`. What happened before it isn't told. */
  goTo(tick: number): void {
    this.tick = this.#within(tick);
    this.#at = 0;
    this.#between.clear();
    this.#happened = [];
    this.#follow();
  }

  /** Goes on to `tick`, which is not before the one that is shown; at the end it stays there. */
  advance(tick: number): void {
    const from = this.tick;
    this.tick = this.#within(tick);
    this.#happened.push(...this.#events.filter((event) => event.tick > from && event.tick <= this.tick));
    this.#follow();
  }

  /** What has happened on the way since this was last asked. */
  happened(): Happening[] {
    return this.#happened.splice(0);
  }

  /** Everything that is there at its tick. The elements are used again. */
  *seen(): Generator<Seen> {
    const before = this.#stills[this.#at];
    if (before) yield* this.#between.seen(before, this.#stills[this.#at + 1] ?? before, this.tick);
  }

  #within(tick: number): number {
    return Math.max(this.first_tick, Math.min(this.last_tick, tick));
  }

  #follow(): void {
    while ((this.#stills[this.#at + 1]?.tick ?? Infinity) <= this.tick) this.#at += 1;
  }
}
