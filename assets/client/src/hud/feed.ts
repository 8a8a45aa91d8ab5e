/**
 * The lines of the kill feed: at most a few, each for a few seconds, the newest last. Pure.
 */

import type { GameEvent, PlayerInfo } from "@ricochet/sdk";
import { numberIn } from "./bodies";

export interface FeedLine {
  key: number;
  killer: number;
  victim: number;
  /** As they were called then: a name outlives its player here. */
  killer_name: string;
  victim_name: string;
  bounces: number;
  until_s: number;
}

const LINES_MAX = 5;
const LINE_LIFE_S = 6;

export class Feed {
  lines: readonly FeedLine[] = [];
  private next_key = 1;

  /** Takes note of a kill; a killer who is the victim, or nobody, means an accident. */
  add(event: GameEvent, players: ReadonlyMap<number, PlayerInfo>, time_s: number): void {
    if (event.name !== "kill") return;
    const [killer, victim] = [numberIn(event.body, "killer"), numberIn(event.body, "victim")];
    const victim_name = players.get(victim)?.name;
    if (victim_name === undefined) return;
    const killer_name = killer === victim ? "" : (players.get(killer)?.name ?? "");
    const bounces = numberIn(event.body, "bounces");
    const line = { key: this.next_key++, killer, victim, killer_name, victim_name, bounces, until_s: time_s + LINE_LIFE_S };
    this.lines = [...this.lines, line].slice(-LINES_MAX);
  }

  /** Lets old lines go. */
  at(time_s: number): readonly FeedLine[] {
    if (this.lines.some((line) => line.until_s <= time_s)) {
      this.lines = this.lines.filter((line) => line.until_s > time_s);
    }
    return this.lines;
  }
}
