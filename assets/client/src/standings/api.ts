/**
 * What the server tells of standings, and how it is asked: `server/standings/answers.py` is the twin of these types.
 *
 * An answer that can't be had is a `NoAnswer` with one sentence to show.
 */

import { takeToken } from "@ricochet/sdk";

export type Certainty = "new" | "settling" | "settled";
export type Figures = Readonly<Record<string, number>>;

export interface Rating {
  /** From 1 on; 0 where it isn't told. */
  rank: number;
  points: number;
  give_or_take: number;
  certainty: Certainty;
  matches: number;
  wins: number;
  figures: Figures;
}

export interface Row {
  id: string;
  name: string;
  rating: Rating;
}

export interface Table {
  /** "" when nothing has been played. */
  game: string;
  games: string[];
  season: string;
  seasons: string[];
  ends_s: number;
  page: number;
  pages: number;
  people: number;
  figures: string[];
  rows: Row[];
}

export interface Stand {
  game: string;
  season: string;
  rating: Rating;
}

export interface Match {
  game: string;
  arena: string;
  ended_s: number;
  seconds: number;
  place: number;
  people: number;
  score: number;
  figures: Figures;
  points: number;
  change: number;
  has_left: boolean;
}

export interface Person {
  id: string;
  name: string;
  since_s: number;
  season: string;
  standings: Stand[];
  matches: Match[];
}

/** Why there is no answer, to be shown as it is. */
export class NoAnswer extends Error {}

const UNREACHABLE = "The server can't be reached. Try again in a moment.";

/** The token that the game's page was opened with, if it was in this tab. */
function token(): string | null {
  return takeToken({ hash: "", memory: () => sessionStorage, rename: () => undefined });
}

async function ask<Answer>(path: string, method = "GET"): Promise<Answer> {
  const bearer = path.endsWith("/me") ? token() : null;
  const headers: Record<string, string> = bearer === null ? {} : { Authorization: `Bearer ${bearer}` };
  let answer: unknown;
  let response: Response;
  try {
    response = await fetch(path, { method, headers });
    answer = await response.json();
  } catch {
    throw new NoAnswer(UNREACHABLE);
  }
  if (!response.ok) throw new NoAnswer(sentence((answer as { error?: string }).error ?? UNREACHABLE));
  return answer as Answer;
}

/** As people write one: with a capital letter and a full stop. */
export function sentence(text: string): string {
  return text === "" ? "" : text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/u.test(text) ? "" : ".");
}

export const askTable = (search: string) => ask<Table>(`/api/standings${search}`);
export const askPerson = (id: string) => ask<Person>(`/api/players/${encodeURIComponent(id)}`);
export const forgetMe = () => ask<{ done: string }>("/api/players/me", "DELETE");

/** The id of whoever looks at the page; null when they have none, or it can't be found out. */
export async function askMe(): Promise<string | null> {
  try {
    return (await ask<{ id: string | null }>("/api/players/me")).id;
  } catch {
    return null;
  }
}
