/**
 * How a game describes itself in `welcome.description`, so that a client that has never heard of it can show it: the twin of
 * `protocol/description.py`. PROTOCOL.md says what each field means, in its section 8.
 *
 * Types, and what is read off them: `NOTHING` for a game that says nothing, `worded`, which makes words of an event, and `slainIn`.
 * A newer server may name styles and hues that are not listed here. Pure.
 */

export type Hue = "sky" | "vermilion" | "green" | "yellow" | "pink" | "indigo" | "white" | "grey";

export interface Look {
  /** "ship" | "shot" | "rock" | "crate" | "pickup" | "ball" | "orb" | "zone"; what isn't known is not drawn. */
  style: string;
  /** A hue; or "owner", the player's own; or "team", its owner's team's, or without an owner that of team `variant`. */
  colour: string;
  label: string;
}

export interface HudLine {
  /** Of an integer of the hud. "boost_until" is always there. */
  name: string;
  label: string;
  style: "number" | "bar" | "time" | "ready" | "text" | "arrow";
  /** Of a bar. */
  max: number;
  /** Of a text. */
  texts: readonly string[];
  hue: string;
  /** Whether a 0 is not shown. */
  hides: boolean;
  where: "ship" | "top" | "middle";
}

export interface Control {
  button: "move" | "aim" | "fire" | "boost" | "pulse";
  does: string;
}

export interface Column {
  label: string;
  best: "most" | "least";
}

export interface Team {
  name: string;
  hue: string;
}

export interface News {
  event: string;
  /** For the feed. */
  text: string;
  /** Large, for a moment. */
  shout: string;
  /** Which field of the event names the player that is shouted at; "": everyone is. */
  to: string;
}

/** An event that is a player's end: `victim` and `killer` name the fields of its body that have the players. */
export interface Kill {
  event: string;
  victim: string;
  /** "": nobody does it. */
  killer: string;
}

export interface Description {
  title: string;
  about: string;
  hud: readonly HudLine[];
  controls: readonly Control[];
  columns: readonly Column[];
  teams: readonly Team[];
  news: readonly News[];
  /** An older server doesn't speak of them. */
  kills?: readonly Kill[];
}

export const NOTHING: Description = { title: "", about: "", hud: [], controls: [], columns: [], teams: [], news: [], kills: [] };

/** Whose end it was, and whose doing; 0: nobody's. */
export interface Slain {
  victim: number;
  killer: number;
}

/** What an event says of a player's end; null: it is of another sort. */
export function slainIn({ name, body }: { name: string; body: Readonly<Record<string, unknown>> }, { kills = [] }: Description): Slain | null {
  const kill = kills.find(({ event }) => event === name);
  const victim = kill ? playerIn(body[kill.victim]) : 0;
  return kill && victim > 0 ? { victim, killer: kill.killer === "" ? 0 : playerIn(body[kill.killer]) } : null;
}

function playerIn(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(0, value as number) : 0;
}

/** A piece of a sentence; `player` is whose name it is, `team` whose, else 0. */
export interface Piece {
  text: string;
  player: number;
  team: number;
}

const FIELD = /\{(\w+)(?::(\w+))?\}/gu;

/**
 * The template in pieces, or null when it can't be used: a field is 0, empty, missing or of another sort. `named` knows
 * players, `teams` are the description's.
 */
export function worded(
  template: string, body: Readonly<Record<string, unknown>>, named: (player: number) => string | undefined, teams: readonly Team[],
): Piece[] | null {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of template.matchAll(FIELD)) {
    const piece = pieceOf(body[found[1]!], found[2] ?? "player", named, teams);
    if (piece === null) return null;
    add(pieces, plain(template.slice(end, found.index)));
    add(pieces, piece);
    end = found.index + found[0].length;
  }
  add(pieces, plain(template.slice(end)));
  return pieces;
}

/** Names are pieces of their own; what stands between two of them is one. */
function add(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last && last.player === 0 && last.team === 0 && piece.player === 0 && piece.team === 0) last.text += piece.text;
  else if (piece.text !== "") pieces.push(piece);
}

function pieceOf(value: unknown, sort: string, named: (player: number) => string | undefined, teams: readonly Team[]): Piece | null {
  if (sort === "text") return typeof value === "string" && value !== "" ? plain(value) : null;
  if (typeof value !== "number" || !Number.isFinite(value) || value === 0) return null;
  if (sort === "number") return plain(String(value));
  const text = sort === "team" ? teams[value - 1]?.name : named(value);
  if (text === undefined) return null;
  return { text, player: sort === "team" ? 0 : value, team: sort === "team" ? value : 0 };
}

function plain(text: string): Piece {
  return { text, player: 0, team: 0 };
}
