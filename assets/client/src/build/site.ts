/**
 * A building site: the draft of one room's plan and what has to be said, and who points where.
 *
 * What is shown follows the plan as we see it, our own unanswered edits included; what is foreseen (`Play`) follows what the
 * server has. Both are told in `step`, not more often than now and then: to lay out an arena anew costs some milliseconds.
 */

import { type Arena, arenaOf, type ClientMessage, Draft, type Edited, type Plan, planChecksum, type Pointed, type Pointer, Refused, type Step } from "@ricochet/sdk";

const SHOWN_EVERY_MS = 60;
const FORESEEN_EVERY_MS = 250;
const POINT_EVERY_MS = 100;
/** Who hasn't pointed for so long is shown no more. */
const POINTER_FADES_MS = 20_000;

export interface Pointing {
  x: number;
  y: number;
  selected: readonly number[];
  dx: number;
  dy: number;
  builds: boolean;
}

export interface Ways {
  send(message: ClientMessage): void;
  /** The arena to show, and the one to foresee in. */
  shown(arena: Arena): void;
  foreseen(arena: Arena): void;
  /** A sentence for whoever builds. */
  notice(sentence: string): void;
}

export class Site {
  draft = new Draft();
  /** By player: where others point. */
  readonly pointers = new Map<number, Pointer & { at_ms: number }>();
  readonly #ways: Ways;
  /** Of the arena. */
  name = "";
  #player = 0;
  #room = "";
  #shown: Plan | null = null;
  #foreseen: Plan | null = null;
  #shown_ms = -Infinity;
  #foreseen_ms = -Infinity;
  #pointed_ms = -Infinity;
  #pointed = "";

  constructor(ways: Ways) {
    this.#ways = ways;
  }

  /** Where it is built; "": nowhere yet. */
  get room(): string {
    return this.#room;
  }

  /** What all that build have in common, when everything has been answered; for tests. */
  get checksum(): number | null {
    return this.draft.confirmed && planChecksum(this.draft.confirmed);
  }

  /** Welcomed to a room, or to the same one again; what was done in another one is not for this. */
  join(player: number, arena: Arena, room = ""): void {
    if (room !== this.#room) this.draft = new Draft();
    this.#room = room;
    this.#player = player;
    this.name = arena.name;
    this.#shown = this.#foreseen = null; // the room's arena is what we have just been given
    this.#pointed = "";
    this.pointers.clear();
    this.#say(this.draft.joined(player));
  }

  take(message: Edited | Pointed, now_ms: number): void {
    if (message.type === "edited") {
      this.#say(this.draft.take(message));
      for (const sentence of this.draft.refusals.splice(0)) this.#ways.notice(`Taken back: ${sentence}.`);
      return;
    }
    for (const pointer of message.people) {
      if (pointer.player === this.#player) continue;
      if (pointer.builds) this.pointers.set(pointer.player, { ...pointer, at_ms: now_ms });
      else this.pointers.delete(pointer.player);
    }
  }

  /** Whether it could be done; else why not is said. */
  edit(steps: readonly Step[]): boolean {
    return this.#try(() => this.draft.edit(steps));
  }

  undo(): boolean {
    return this.#try(() => this.draft.undo());
  }

  redo(): boolean {
    return this.#try(() => this.draft.redo());
  }

  /** Says where we point, if that is news and the last time is a while ago; at once if we begin or cease to build. */
  point(pointing: Pointing, now_ms: number, at_once = false): void {
    const news = JSON.stringify(pointing);
    if (news === this.#pointed || (!at_once && now_ms < this.#pointed_ms + POINT_EVERY_MS)) return;
    this.#pointed = news;
    this.#pointed_ms = now_ms;
    this.#ways.send({ type: "point", ...pointing });
  }

  /** Once per render frame. */
  step(now_ms: number): void {
    const { plan, confirmed } = this.draft;
    if (plan && plan !== this.#shown && now_ms >= this.#shown_ms + SHOWN_EVERY_MS) {
      this.#shown = plan;
      this.#shown_ms = now_ms;
      this.#ways.shown(arenaOf(plan, this.name));
    }
    if (confirmed && confirmed !== this.#foreseen && now_ms >= this.#foreseen_ms + FORESEEN_EVERY_MS) {
      this.#foreseen = confirmed;
      this.#foreseen_ms = now_ms;
      this.#ways.foreseen(arenaOf(confirmed, this.name));
    }
    for (const [player, { at_ms }] of this.pointers) {
      if (now_ms > at_ms + POINTER_FADES_MS) this.pointers.delete(player);
    }
  }

  #try(act: () => readonly ClientMessage[]): boolean {
    try {
      this.#say(act());
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#ways.notice(`Not done: ${error.message}.`);
      return false;
    }
  }

  #say(messages: readonly ClientMessage[]): void {
    for (const message of messages) this.#ways.send(message);
  }
}
