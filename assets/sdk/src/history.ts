/**
 * What this client was told in the last few seconds, so that it can be shown once more without asking the server.
 *
 * `heard` keeps what is believed at each snapshot, `happened` the events that draw something. Published states are never
 * changed in place, so a still shares them with the next and costs little more than their list. What is older than HISTORY_S goes, and the
 * oldest goes while there is more than HISTORY_BYTES_MAX. Pure.
 */

import { Clip, type Ending } from "./clip";
import type { Kind } from "./kinds";
import type { Happening } from "./messages";
import type { Published } from "./reckoning";
import type { Still } from "./stills";

export const HISTORY_S = 6;
export const HISTORY_BYTES_MAX = 8 << 20;
export const HISTORY_EVENTS_MAX = 256;
/** About what V8 takes for one entry of a map, and for one published state. */
const ENTRY_BYTES = 40;
const STATE_BYTES = 160;
/** What is drawn and is no change of any state. */
const DRAWN: ReadonlySet<string> = new Set(["pulse"]);

export class History {
  readonly #kinds: readonly Kind[];
  readonly #tick_rate: number;
  readonly #stills: Still[] = [];
  readonly #sizes: number[] = [];
  readonly #events: Happening[] = [];
  #bytes = 0;
  /** The latest, which goes on a little. */
  #clip: Clip | null = null;

  constructor(kinds: readonly Kind[], tick_rate: number) {
    this.#kinds = kinds;
    this.#tick_rate = tick_rate;
  }

  get stills(): readonly Still[] {
    return this.#stills;
  }

  get events(): readonly Happening[] {
    return this.#events;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A snapshot: at `tick` this is believed. */
  heard(tick: number, entities: ReadonlyMap<number, Published>): void {
    const still: Still = { tick, entities: new Map(entities) };
    this.#keep(still, sizeOf(still, this.#stills.at(-1)));
    this.#clip?.heard(still);
  }

  happened(event: Happening): void {
    if (!DRAWN.has(event.name)) return;
    this.#events.push(event);
    if (this.#events.length > HISTORY_EVENTS_MAX) this.#events.shift();
    this.#clip?.note(event);
  }

  /** How it came to this end, as far as it is remembered; what follows in the next moment is added to it. */
  clip(ending: Ending): Clip {
    const lived_from = this.#clip?.until_tick ?? -Infinity;
    this.#clip = new Clip(ending, this.#kinds, this.#tick_rate, this.#stills, this.#events, lived_from);
    return this.#clip;
  }

  #keep(still: Still, bytes: number): void {
    this.#stills.push(still);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    const first_tick = still.tick - HISTORY_S * this.#tick_rate;
    while (this.#stills.length > 1 && (this.#stills[0]!.tick < first_tick || this.#bytes > HISTORY_BYTES_MAX)) {
      this.#stills.shift();
      this.#bytes -= this.#sizes.shift()!;
    }
    while (this.#events.length > 0 && this.#events[0]!.tick < this.#stills[0]!.tick) this.#events.shift();
  }
}

function sizeOf({ entities }: Still, before: Still | undefined): number {
  let news = 0;
  for (const [id, published] of entities) if (before?.entities.get(id) !== published) news += 1;
  return entities.size * ENTRY_BYTES + news * STATE_BYTES;
}
