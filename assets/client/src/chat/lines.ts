/**
 * What of a chat is to be seen, and how it is named: the part of the panel that needs no page. Pure.
 */

import type { ChatTo, Said } from "@ricochet/sdk";
import { css, livery, LIVERY_COUNT } from "../render/palette";

/** As many as a person scrolls back through; older ones are dropped. */
export const LINES_MAX = 200;
/** Of these, while the panel is folded. */
export const FOLDED_LINES_MAX = 6;
export const FOLDED_LINE_S = 12;

export const CHANNEL_NAMES: Readonly<Record<ChatTo, string>> = { room: "Room", team: "Team", lobby: "Lobby" };

/** What says where a line was said, but for the room, where one is. */
export function tagOf(line: Pick<Said, "to">, here: ChatTo): string {
  return line.to === here || line.to === "notice" ? "" : `[${line.to}]`;
}

/** The colour of a name whose ship isn't known: always the same one. */
export function colourOfName(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return css(livery(sum % LIVERY_COUNT).colour);
}

/** The channel `by` steps after `from`, round and round; the first where `from` is none of them. */
export function stepped(channels: readonly ChatTo[], from: ChatTo, by: number): ChatTo {
  const at = channels.indexOf(from);
  const next = at < 0 ? 0 : (at + by + channels.length) % channels.length;
  return channels[next] ?? from;
}

/** Until when each line is seen while the panel is folded: the newest few, each for a while. */
export class Fading {
  private readonly until_s: number[] = [];
  private time_s = 0;

  /** A line has come; how many of the oldest give way to it at once, so that no more are kept than are seen. */
  add(): number {
    this.until_s.push(this.time_s + FOLDED_LINE_S);
    return this.drop(this.until_s.length - FOLDED_LINES_MAX);
  }

  clear(): void {
    this.until_s.length = 0;
  }

  /** It is `time_s`; how many of those that are still seen, the oldest first, are so no more. */
  advance(time_s: number): number {
    this.time_s = time_s;
    const expired = this.until_s.findIndex((until_s) => until_s > time_s);
    return this.drop(expired < 0 ? this.until_s.length : expired);
  }

  private drop(count: number): number {
    return this.until_s.splice(0, Math.max(0, count)).length;
  }
}
