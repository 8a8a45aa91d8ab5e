/**
 * A replay, played: where everything is at any tick, forwards and by leaps.
 *
 *     goTo(tick)     a leap: whatever was believed is forgotten, and the chunk's keyframes are the beginning
 *     advance(tick)  onwards; `happened` then has what happened on the way
 *
 * Between two snapshots an entity is where both say (`stills`). Where the arena is built, `arena` is what it is at the tick.
 *
 * Pure: ticks are arguments. Raises `CannotPlay` for a chunk that makes no sense.
 */

import { Draft } from "../draft";
import type { Edited, Happening, ServerMessage } from "../messages";
import { type Plan, arenaOf, planChecksum } from "../plan";
import { Roster } from "../roster";
import type { Arena } from "../scene";
import { Between, type Seen, type Still } from "../stills";
import { View } from "../view";
import { type Recording, readItem, refuse } from "./file";

const ROSTER = "roster";
/** Steps of a leap or of one frame: longer than a chunk is none. */
const SNAPSHOTS_AT_ONCE_MAX = 20_000;

export class Playback {
  readonly recording: Recording;
  readonly first_tick: number;
  readonly last_tick: number;
  /** What is shown. */
  tick = 0;
  /** Checksums that were wrong; it must never happen. */
  checksum_mismatches = 0;
  #roster: Roster;
  #view: View;
  #chunk = 0;
  #item = 0;
  #before: Still = { tick: 0, entities: new Map() };
  #after: Still = this.#before;
  /** What is to come, when, and whether it is news: a chunk begins with what was known already. */
  #pending: { tick: number; told: Happening | Edited; news: boolean }[] = [];
  /** What is built, at the tick that is shown. */
  #draft = new Draft();
  #arena: { plan: Plan | null; arena: Arena };
  #opening = true;
  #happened: Happening[] = [];
  readonly #between: Between;

  constructor(recording: Recording) {
    this.recording = recording;
    this.#between = new Between(recording.welcome.kinds, recording.welcome.tick_rate);
    this.#roster = new Roster(recording.welcome.players);
    this.#view = this.#freshView();
    this.#arena = { plan: null, arena: recording.welcome.arena };
    this.goTo(recording.chunk_ticks[0]!);
    this.first_tick = this.tick;
    this.last_tick = recording.index?.last_tick ?? this.#lastTick();
  }

  /** Who is there, and how the match stands. */
  get roster(): Roster {
    return this.#roster;
  }

  /** The arena, as it is now; the same object for as long as nothing has changed. */
  get arena(): Arena {
    const { welcome } = this.recording;
    const plan = this.#draft.confirmed;
    if (plan !== this.#arena.plan) this.#arena = { plan, arena: plan ? arenaOf(plan, welcome.arena.name) : welcome.arena };
    return this.#arena.arena;
  }

  /** Leaps to `tick`. What happened before it isn't told. */
  goTo(tick: number): void {
    this.#chunk = this.recording.chunkAt(tick);
    this.#item = 0;
    this.#opening = true;
    this.#view = this.#freshView();
    this.#pending = [];
    this.#between.clear();
    this.#draft = new Draft();
    this.#after = this.#before = { tick: -1, entities: new Map() };
    this.#read();
    this.#before = this.#after;
    this.tick = Math.max(tick, this.#before.tick);
    this.#follow();
    this.#happened = [];
  }

  /** Goes on to `tick`, which is not before the one that is shown; at the end it stays there. */
  advance(tick: number): void {
    this.tick = Math.min(tick, this.last_tick);
    this.#follow();
  }

  /** What has happened since it was last asked, in its order. */
  happened(): Happening[] {
    return this.#happened.splice(0);
  }

  /** Everything that is there now. The array's elements are used again. */
  seen(): Generator<Seen> {
    return this.#between.seen(this.#before, this.#after, this.tick);
  }

  /** The tick of the snapshot `count` further than the one that is shown, or before it if `count` is negative. */
  beside(count: number): number {
    const interval = Math.max(1, Math.round(this.recording.welcome.tick_rate / this.recording.welcome.snapshot_rate));
    const here = count > 0 ? Math.floor(this.tick / interval) : Math.ceil(this.tick / interval);
    return Math.max(this.first_tick, Math.min(this.last_tick, (here + count) * interval));
  }

  /** Reads on until the snapshot after the tick that is shown is known. */
  #follow(): void {
    for (let read = 0; this.#after.tick <= this.tick && read < SNAPSHOTS_AT_ONCE_MAX; read += 1) {
      this.#before = this.#after;
      if (!this.#read()) break;
    }
    const due = this.#pending.findIndex(({ tick }) => tick > this.tick);
    for (const { told, news } of this.#pending.splice(0, due < 0 ? this.#pending.length : due)) {
      if (told.type === "edited") this.#build(told);
      else this.#hear(told, news);
    }
  }

  /** One snapshot more, and the events before it; false at the end. */
  #read(): boolean {
    while (this.#chunk < this.recording.chunk_ticks.length) {
      const items = this.recording.items(this.#chunk);
      while (this.#item < items.length) {
        const message = readItem(items[this.#item++]!);
        if (message && this.#take(message)) return true;
      }
      this.#chunk += 1;
      this.#item = 0;
      this.#opening = true;
    }
    return false;
  }

  /** Whether it was a snapshot. */
  #take(message: ServerMessage): boolean {
    if (message.type === "event") this.#pending.push({ tick: message.tick, told: message, news: !this.#opening });
    // An edit says no tick: it came after the snapshot before it.
    else if (message.type === "edited") this.#pending.push({ tick: this.#after.tick, told: message, news: !this.#opening });
    if (message.type !== "snapshot") return false;
    try {
      this.checksum_mismatches += this.#view.apply(message).length;
      for (const entity of this.#view.entities.values()) this.#view.kindOf(entity);
    } catch {
      refuse("a snapshot makes no sense");
    }
    this.#after = { tick: message.tick, entities: new Map(this.#view.entities) };
    this.#opening = false;
    return true;
  }

  #hear(event: Happening, news: boolean): void {
    if (event.name === ROSTER) this.#roster = new Roster(event.body["players"] as []);
    else this.#roster.take(event);
    if (news) this.#happened.push(event);
  }

  /** An edit that was taken, or the whole plan; a chunk begins with one that is mostly known. */
  #build(edited: Edited): void {
    if (edited.plan && this.#draft.confirmed && edited.revision === this.#draft.revision) return;
    const { mismatches } = this.#draft;
    try {
      this.#draft.take(edited);
      if (edited.plan && planChecksum(this.#draft.confirmed!) !== edited.checksum) this.checksum_mismatches += 1;
    } catch {
      refuse("an edit makes no sense");
    }
    this.checksum_mismatches += this.#draft.mismatches - mismatches;
  }

  #freshView(): View {
    return new View(this.recording.welcome.kinds, this.recording.welcome.tick_rate);
  }

  /** Of a file that was cut: what its last chunk goes up to. */
  #lastTick(): number {
    const [chunk, tick] = [this.recording.chunk_ticks.length - 1, this.tick];
    this.goTo(this.recording.chunk_ticks[chunk]!);
    while (this.#read()) this.#before = this.#after;
    const last = this.#after.tick;
    this.goTo(tick);
    return last;
  }
}
