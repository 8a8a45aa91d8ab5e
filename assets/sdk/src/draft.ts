/**
 * A client's copy of a plan that people build together: what the server has, and on top of it what one has just done. The
 * twin of `bots/draft.py`, which says how it works and why all plans end equal.
 *
 *     edit, undo, redo   one's own step: seen at once, and to be said to the server
 *     take               what the server says: others' steps, answers to one's own
 *     joined             after each welcome: ask what was missed
 *
 * All of them return what is to be said; `edit`, `undo` and `redo` throw `Refused`.
 */

import type { Edit, Edited } from "./messages";
import { type Affected, type Plan, Refused, STEPS_MAX, type Step, apply, planChecksum, revert, whole } from "./plan";

export const UNDOS_MAX = 100;
export const PENDING_MAX = 64;

interface Pending {
  readonly serial: number;
  readonly steps: readonly Step[];
}

export class Draft {
  /** What is seen; null until it has come. */
  plan: Plan | null = null;
  confirmed: Plan | null = null;
  revision = -1;
  may_edit = false;
  /** Why edits of ours were taken back; for whoever shows it to take away. */
  readonly refusals: string[] = [];
  /** How often the plan was not what the server's is. It must never be. */
  mismatches = 0;
  pending: readonly Pending[] = [];
  #player = 0;
  #former = 0;
  #serial = 0;
  /** What was missed is known. */
  #knows = false;
  /** Serials of edits that can be undone, the latest last. */
  readonly #done: number[] = [];
  /** Serials of undos that can be undone again. */
  readonly #undone: number[] = [];
  /** Which edit each undo or redo has undone; to put it back if that is refused. */
  readonly #undoes = new Map<number, number>();
  /** What each of these has done. */
  #records = new Map<number, readonly Affected[]>();

  get can_undo(): boolean {
    return this.#done.length > 0;
  }

  get can_redo(): boolean {
    return this.#undone.length > 0;
  }

  // one's own ---------------------------------------------------------------------------------------------------

  edit(steps: readonly Step[]): Edit[] {
    const said = this.#make(steps);
    this.#keep(this.#done, this.#serial);
    this.#undone.length = 0;
    return said;
  }

  undo(): Edit[] {
    return this.#again(this.#done, this.#undone);
  }

  redo(): Edit[] {
    return this.#again(this.#undone, this.#done);
  }

  // the server's ------------------------------------------------------------------------------------------------

  joined(player: number): Edit[] {
    if (player !== this.#player) {
      this.#former = this.#player;
      this.#player = player;
    }
    return this.#ask();
  }

  take(message: Edited): Edit[] {
    if (message.serial === 0) return this.#catchUp(message);
    if (message.refused) this.#refuse(message.serial, message.refused);
    else if (this.confirmed && message.revision === this.revision + 1) return this.#follow(message);
    else if (this.#knows && message.revision > this.revision) return this.#ask(true);
    return [];
  }

  #ask(anew = false): Edit[] {
    this.#knows = false;
    if (!this.confirmed || anew) return [edit(0, [])];
    return [edit(0, [], this.revision, planChecksum(this.confirmed))];
  }

  #catchUp(message: Edited): Edit[] {
    if (message.plan) {
      const { size, pieces } = message.plan;
      this.confirmed = { size, pieces: new Map(pieces.map(([id, piece]) => [id, whole(piece)])) };
      this.revision = message.revision;
    } else if (message.revision !== this.revision) {
      return this.#ask(true);
    }
    this.#knows = true;
    this.may_edit = message.may_edit;
    this.#former = 0;
    if (!message.plan) { // else it may be in there, and what it did can be undone
      for (const { serial } of this.pending) {
        if (serial <= message.heard) this.#refuse(serial, "it was refused while you were away");
      }
    }
    this.pending = this.pending.filter(({ serial }) => serial > message.heard);
    this.#serial = Math.max(this.#serial, message.heard);
    this.#rebase();
    return this.pending.map(({ serial, steps }) => edit(serial, steps));
  }

  #follow(message: Edited): Edit[] {
    let done: Affected[] | null = null;
    try {
      const applied = apply(this.confirmed!, message.steps);
      this.confirmed = applied.plan;
      done = applied.done;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    if (!done || planChecksum(this.confirmed!) !== message.checksum) {
      if (this.#knows) this.mismatches += 1; // else it may be another plan than the one we had
      return this.#ask(true);
    }
    this.revision = message.revision;
    const mine = message.player === this.#player || message.player === this.#former;
    if (mine && this.pending.some(({ serial }) => serial === message.serial)) {
      this.pending = this.pending.filter(({ serial }) => serial !== message.serial);
      this.#undoes.delete(message.serial);
      if (this.#records.has(message.serial)) this.#records.set(message.serial, done);
    }
    this.#rebase();
    return [];
  }

  // -------------------------------------------------------------------------------------------------------------

  #make(steps: readonly Step[]): Edit[] {
    if (!this.plan || !this.may_edit) throw new Refused("you may look, but not build here");
    if (this.pending.length >= PENDING_MAX) throw new Refused("the server hasn't answered for a while");
    if (steps.length === 0 || steps.length > STEPS_MAX) throw new Refused(`that is more than ${STEPS_MAX} pieces at once`);
    const { plan, done } = apply(this.plan, steps);
    this.plan = plan;
    this.#serial += 1;
    this.#records.set(this.#serial, done);
    this.pending = [...this.pending, { serial: this.#serial, steps }];
    return this.#knows ? [edit(this.#serial, steps)] : [];
  }

  #again(stack: number[], other: number[]): Edit[] {
    while (stack.length > 0 && this.plan) {
      const serial = stack.at(-1)!;
      const steps = revert(this.plan, this.#records.get(serial)!);
      if (steps.length > 0) {
        const said = this.#make(steps);
        stack.pop();
        this.#undoes.set(this.#serial, serial);
        this.#keep(other, this.#serial);
        return said;
      }
      stack.pop();
    }
    return [];
  }

  #keep(stack: number[], serial: number): void {
    stack.push(serial);
    stack.splice(0, Math.max(0, stack.length - UNDOS_MAX));
    const wanted = new Set([...this.#done, ...this.#undone, ...this.#undoes.values(), ...this.pending.map((one) => one.serial)]);
    this.#records = new Map([...this.#records].filter(([kept]) => wanted.has(kept)));
  }

  /** Takes an edit of ours back. */
  #refuse(serial: number, sentence: string): void {
    if (!this.pending.some((one) => one.serial === serial)) return;
    this.refusals.push(sentence);
    this.pending = this.pending.filter((one) => one.serial !== serial);
    const undone = this.#undoes.get(serial);
    this.#undoes.delete(serial);
    for (const [stack, other] of [[this.#done, this.#undone], [this.#undone, this.#done]] as const) {
      const at = stack.indexOf(serial);
      if (at < 0) continue;
      stack.splice(at, 1);
      if (undone !== undefined) other.push(undone);
      break;
    }
    this.#rebase();
  }

  /** What is seen: what the server has, and what we did since. */
  #rebase(): void {
    let plan = this.confirmed;
    for (const { serial, steps } of this.pending) {
      if (!plan) break;
      try {
        const applied = apply(plan, steps);
        plan = applied.plan;
        if (this.#records.has(serial)) this.#records.set(serial, applied.done);
      } catch (error) {
        if (!(error instanceof Refused)) throw error; // else the server will say so, too
      }
    }
    this.plan = plan;
  }
}

function edit(serial: number, steps: readonly Step[], since = -1, checksum = 0): Edit {
  return { type: "edit", serial, steps, since, checksum };
}
