/**
 * The lines of the feed: at most a few, each for a few seconds, the newest last; and what is shouted. Both in the words of the
 * game's description. Pure.
 */

import { type Description, type GameEvent, type Piece, type PlayerInfo, worded } from "@ricochet/sdk";
import { numberIn } from "./bodies";

export interface FeedLine {
  key: number;
  /** Names as they were then: they outlive their players here. */
  pieces: readonly Piece[];
  until_s: number;
}

type Players = ReadonlyMap<number, PlayerInfo>;

const LINES_MAX = 5;
const LINE_LIFE_S = 6;

export class Feed {
  lines: readonly FeedLine[] = [];
  private next_key = 1;

  clear(): void {
    this.lines = [];
  }

  add(event: GameEvent, description: Description, players: Players, time_s: number): void {
    const pieces = textFor(event, description, players);
    if (pieces === null) return;
    this.lines = [...this.lines, { key: this.next_key++, pieces, until_s: time_s + LINE_LIFE_S }].slice(-LINES_MAX);
  }

  /** Lets old lines go. */
  at(time_s: number): readonly FeedLine[] {
    if (this.lines.some((line) => line.until_s <= time_s)) {
      this.lines = this.lines.filter((line) => line.until_s > time_s);
    }
    return this.lines;
  }
}

/** What the feed says of it; null: nothing. */
export function textFor(event: GameEvent, description: Description, players: Players): readonly Piece[] | null {
  return wordsFor(event, description, players, ({ text }) => text);
}

/** What is shouted at `me_id` when this happens; "" for nothing. */
export function shoutFor(event: GameEvent, description: Description, players: Players, me_id: number): readonly Piece[] {
  const at_me = ({ shout, to }: Description["news"][number]) => (to === "" || numberIn(event.body, to) === me_id ? shout : "");
  return wordsFor(event, description, players, at_me) ?? [];
}

/** The first words that can be used. */
function wordsFor(
  event: GameEvent, { news, teams }: Description, players: Players, template: (one: Description["news"][number]) => string,
): Piece[] | null {
  for (const one of news) {
    const words = one.event === event.name ? template(one) : "";
    const pieces = words === "" ? null : worded(words, event.body, (player) => players.get(player)?.name, teams);
    if (pieces !== null) return pieces;
  }
  return null;
}
