/**
 * What an admin can have done: the HTTP API's actions (server/net/api.py), with the words that go with them. Pure but for `order`.
 */

import type { SessionRow } from "./wire";

const NOT_AUTHENTICATED = 401;

export type Action = "kick" | "mute" | "unmute" | "ban" | "unban" | "close" | "dismiss" | "drain";

/** Whom an order is about: one session, a seat by its place, or everybody who is known so. */
export type Whom = { session: string } | { address: string; name: string } | { room: string; player: number } | { subject: string } | { address: string };

export interface Restriction {
  what: "ban" | "mute";
  known_as: string;
  seconds: number;
  reason: string;
}

/** What somebody has told about somebody else, with what was said. */
export interface Report {
  report: number;
  seconds_ago: number;
  name: string;
  known_as: string;
  by: string;
  room: string;
  reason: string;
  lines: { name: string; text: string }[];
}

/** What came of an order: the server's sentence, or why there is none. */
export interface Answer {
  done: boolean;
  sentence: string;
  /** The token isn't taken, or not any more: no other order will be done by it. */
  estranged?: true;
}

/** That one alone, if that can be said. */
export function whomOf({ session, room, player, known_as }: SessionRow): Whom {
  if (session !== null) return { session };
  return room === null || player === null ? known(known_as) : { room, player };
}

/** `subject:ann`, `address:1.2.3.4` or `address:1.2.3.4 bob`, as orders name them. */
export function known(known_as: string): Whom {
  const [kind, ...rest] = known_as.split(":");
  const name = rest.join(":");
  if (kind === "subject") return { subject: name };
  const [address = "", ...called] = name.split(" ");
  return called.length === 0 ? { address } : { address, name: called.join(" ") };
}

/** What to call a session: by its name, else by what it is known as. */
export function calledBy(session: SessionRow): string {
  return session.name ?? session.known_as;
}

/** Have it done. Never rejects. */
export async function order(token: string, action: Action, body: object, ask: typeof fetch = fetch): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  try {
    const answer = await ask(`api/admin/${action}`, { method: "POST", headers, body: JSON.stringify(body) });
    return read(await answer.text(), answer.status);
  } catch {
    return { done: false, sentence: "The server can't be reached; nothing is known to have been done." };
  }
}

/** The bans and mutes, or the reports; null when they aren't told. */
export function restrictions(token: string, ask: typeof fetch = fetch): Promise<Restriction[] | null> {
  return list<Restriction>("restrictions", token, ask);
}

export function reports(token: string, ask: typeof fetch = fetch): Promise<Report[] | null> {
  return list<Report>("reports", token, ask);
}

async function list<Row>(what: string, token: string, ask: typeof fetch): Promise<Row[] | null> {
  try {
    const answer = await ask(`api/admin/${what}`, { headers: { Authorization: `Bearer ${token}` } });
    return answer.ok ? ((await answer.json()) as Row[]) : null;
  } catch {
    return null;
  }
}

/** The API answers in JSON; the front door, and a proxy before it, may not. */
function read(text: string, status: number): Answer {
  try {
    const { done, error } = JSON.parse(text) as { done?: unknown; error?: unknown };
    if (typeof done === "string") return { done: true, sentence: sentence(done) };
    if (typeof error === "string" && status === NOT_AUTHENTICATED) return { done: false, sentence: `${sentence(error)} Nothing was done.`, estranged: true };
    if (typeof error === "string") return { done: false, sentence: sentence(error) };
  } catch {
    if (text.trim() !== "" && text.length < 300) return { done: false, sentence: sentence(text.trim()) };
  }
  return { done: false, sentence: `The server answered with status ${status}.` };
}

/** As people write one: with a capital letter and a full stop. */
export function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/u.test(begun) ? begun : `${begun}.`;
}
