/**
 * Every message, in the order of a conversation: the twin of `protocol/messages.py`. PROTOCOL.md says what each means.
 *
 *     client                          server
 *     hello                      ->
 *                                <-   welcome, then events that bring the newcomer up to date; or lobby, to a visitor
 *     enter, open                ->
 *                                <-   welcome (another room), or error
 *     browse                     ->
 *                                <-   lobby, again whenever it has changed; also when a room ends
 *     inputs (every tick or two) ->
 *                                <-   snapshot (every few ticks), event, chat
 *     ping                       ->
 *                                <-   pong
 *     chat, rename, resync       ->
 *                                <-   error (refused, but go on)
 *     leave                      ->
 *                                <-   bye (why it ends), then the close frame with the same code
 *
 * Field names are the wire's, in both encodings.
 */

import type { Control, Description } from "./description";
import type { Gun } from "./gun";
import type { Kind } from "./kinds";
import type { Input } from "./motion";
import type { Arena, ChatTo, Said } from "./scene";
import type { Piece, Sent, Step } from "./plan";
import type { Snapshot } from "./snapshot";

export const PROTOCOL_VERSION = 1;
export const INPUTS_PER_MESSAGE_MAX = 32;

export interface Hello {
  type: "hello";
  version: number;
  name: string;
  token: string | null;
  room: string | null;
  /** The token of an earlier welcome: the same ship, score and place. */
  resume: string | null;
  role: "player" | "spectator" | "visitor";
  bot: boolean;
  /** Of the `moved` that has led here. */
  seat: string | null;
}

/** What the player did from tick `first_tick` on, one entry per tick. */
export interface Inputs {
  type: "inputs";
  first_tick: number;
  entries: Input[];
  /** The newest snapshot tick we have. */
  applied: number;
  /** How much older than each entry's tick the picture of the others was, in 1/16 ticks; 0: we don't say. */
  seen: number;
}

export interface Ping {
  type: "ping";
  nonce: number;
  rtt_ms: number;
}

/** A line for whoever is in a channel; or a command, if it begins with a slash. */
export interface Chat {
  type: "chat";
  text: string;
  to: ChatTo;
}

export interface Resync {
  type: "resync";
  cell: number;
}

export interface Leave {
  type: "leave";
}

/** Go to a room over the same connection, from another or from the lobby. `room` null: the best, of `game` if named. */
export interface Enter {
  type: "enter";
  room: string | null;
  role: "player" | "spectator";
  game: string | null;
}

/** Open a room and enter it. A private one isn't listed, and its name can't be guessed. */
export interface Open {
  type: "open";
  title: string;
  game: string;
  arena: string;
  private: boolean;
}

/** Give the seat up, and be in the lobby. */
export interface Browse {
  type: "browse";
}

/** A spectator looks elsewhere: along with a player, or with 0 at a place. */
export interface Watch {
  type: "watch";
  player: number;
  x: number;
  y: number;
}

/** Steps to be taken together; with serial 0 none: what was missed since revision `since`, at which the plan had this checksum? */
export interface Edit {
  type: "edit";
  serial: number;
  steps: readonly Step[];
  since: number;
  checksum: number;
}

/** Where we point, what we have selected, and by how much we are just moving it. `builds` false: we try it out. */
export interface Point {
  type: "point";
  x: number;
  y: number;
  selected: readonly number[];
  dx: number;
  dy: number;
  builds: boolean;
}

/** Be called something else from now on, in a room or in the lobby. */
export interface Rename {
  type: "rename";
  name: string;
}

export type ClientMessage = Hello | Inputs | Ping | Chat | Resync | Leave | Enter | Open | Browse | Watch | Edit | Point | Rename;

/** One line of the roster. */
export interface Enrolled {
  id: number;
  name: string;
  colour: number;
  bot: boolean;
  /** From 1 on; 0: none. */
  team?: number;
}

export interface Welcome {
  type: "welcome";
  version: number;
  player: number;
  room: string;
  game: string;
  tick: number;
  tick_rate: number;
  snapshot_rate: number;
  cell_units: number;
  resume: string;
  role: string;
  /** Names of the integers in `snapshot.hud`, in order. */
  hud: string[];
  kinds: Kind[];
  arena: Arena;
  players: Enrolled[];
  /** What a ship fires, if the game has it. */
  gun?: Gun | null;
  /** What the game says of itself, if it does. */
  description?: Description | null;
  /** What people call the room. */
  title?: string;
}

/** Something happened at `tick`; never lost, never out of order. */
export interface Happening {
  type: "event";
  tick: number;
  name: string;
  body: Record<string, unknown>;
}

export interface Pong {
  type: "pong";
  nonce: number;
  tick: number;
}

/** A line that somebody said, or a notice of the server's own. */
export interface ChatLine extends Said {
  type: "chat";
}

/** Our last message was refused; the conversation goes on. */
export interface Refusal {
  type: "error";
  code: number;
  sentence: string;
}

export interface Bye {
  type: "bye";
  code: number;
  sentence: string;
}

/** The room is run by another server, at `url`: a hello there, with the rest of this. */
export interface MovedAway {
  type: "moved";
  url: string;
  room: string;
  seat: string;
  role: "player" | "spectator";
}

/** A room that anybody may enter. `players` have seats, `bots` of them are bots. */
export interface RoomInfo {
  name: string;
  title: string;
  game: string;
  arena: string;
  players: number;
  bots: number;
  spectators: number;
  players_max: number;
}

/** A game that rooms may be opened with, in one of `arenas`. `teams`: how many it has; 0: none. */
export interface GameInfo {
  name: string;
  title: string;
  arenas: string[];
  teams: number;
  /** What its buttons do; of an older server nothing. */
  controls?: Control[];
}

/** How the last match of a room ended, the best first. `team` 0: none. */
export interface PodiumInfo {
  room: string;
  game: string;
  standings: { name: string; team: number; score: number }[];
}

/** Where one can go. To whoever comes from a room that has ended, once, its `podium` and the `reason`. */
export interface LobbyNews {
  type: "lobby";
  rooms: RoomInfo[];
  games: GameInfo[];
  people: number;
  podium: PodiumInfo | null;
  reason: string;
}

/** Steps that were taken, or why not; with serial 0 the end of what was missed, or the whole plan. */
export interface Edited {
  type: "edited";
  revision: number;
  player: number;
  serial: number;
  steps: readonly Step[];
  checksum: number;
  refused: string;
  heard: number;
  may_edit: boolean;
  plan: { size: { width: number; height: number }; pieces: readonly (readonly [number, Sent | Piece])[] } | null;
}

export interface Pointer {
  player: number;
  x: number;
  y: number;
  selected: readonly number[];
  dx: number;
  dy: number;
  builds: boolean;
}

/** Where those point who have pointed since the last time. */
export interface Pointed {
  type: "pointed";
  people: readonly Pointer[];
}

/** Where else one may come in: addresses of other servers of the fleet, for when this one is gone. */
export interface Homes {
  type: "homes";
  urls: string[];
}

export type ServerMessage = Welcome | Snapshot | Happening | Pong | ChatLine | Refusal | Bye | LobbyNews | Edited | Pointed | MovedAway | Homes;
