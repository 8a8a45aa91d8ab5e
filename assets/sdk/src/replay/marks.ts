/**
 * What a timeline shows of a replay: when something happened that one may want to see. Pure.
 *
 * Only events are read, and not what is between them. Which of them are marks is a matter of their names, whatever the game.
 */

import { type Recording, isEvent, readItem } from "./file";

const MARKED = new Set(["kill", "goal"]);
/** More are no use on a line. */
const MARKS_MAX = 5000;

export interface Mark {
  tick: number;
  name: string;
  body: Readonly<Record<string, unknown>>;
}

/** In the order in which they happened. */
export function marksOf(recording: Recording): Mark[] {
  const marks: Mark[] = [];
  for (let chunk = 0; chunk < recording.chunk_ticks.length; chunk += 1) {
    for (const item of recording.items(chunk)) {
      const message = isEvent(item) ? readItem(item) : null;
      if (message?.type === "event" && MARKED.has(message.name)) marks.push({ tick: message.tick, name: message.name, body: message.body });
      if (marks.length >= MARKS_MAX) return marks;
    }
  }
  return marks;
}

/** The tick at which play begins, if that is within so many seconds: a replay opens with what is left of the podium before. */
export function openingOf(recording: Recording, within_s: number): number {
  const first = recording.chunk_ticks[0]!;
  for (let chunk = 0; chunk < recording.chunk_ticks.length; chunk += 1) {
    for (const item of recording.items(chunk)) {
      const message = isEvent(item) ? readItem(item) : null;
      if (message?.type !== "event" || message.name !== "match") continue;
      if (message.tick > first + within_s * recording.welcome.tick_rate) return first;
      if (message.body["phase"] === "play") return Math.max(first, message.tick);
    }
  }
  return first;
}
