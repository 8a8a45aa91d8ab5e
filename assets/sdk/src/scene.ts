/**
 * The contract between the netcode and everything a player sees, hears and touches.
 *
 * Netcode hands over a `Scene` per render frame and a `GameEvent` per happening; the look hands back a `ControlSample`
 * per tick. Everything here is a plain value. Units: world units (y down), radians, seconds, ticks, milliseconds as named.
 *
 * Rules: this file imports only types and holds no behaviour beyond reading the bits of `status`. A scene is only valid until
 * the next one: a reader that wants to remember something copies it.
 */

import type { Clip } from "./clip";
import type { Description } from "./description";
import type { Wish } from "./itinerary";
import type { LobbyNews, Welcome } from "./messages";

export interface Vec {
  x: number;
  y: number;
}

/** One entity as it is drawn now: already interpolated or predicted, already smoothed. */
export interface Drawn {
  id: number;
  /** The style of its look, or else its category; others than are known are ignored, so that a newer server can add some. */
  kind: string;
  /** As in a `Look`: a hue, "owner" or "team". */
  colour: string;
  /** Written above it; "": nothing is. */
  label: string;
  /** Of a circle, or half the side of a box; in units. */
  radius: number;
  /** rock: index into `Arena.rocks`. pickup: 0 repair, 1 rapid fire, 2 shield. */
  variant: number;
  /** Player id, 0 = nobody. */
  owner: number;
  /** ship: `shipStatus`. shot: bounces so far. crate: hull in 16ths. ball: the team in whose colour it glows. */
  status: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
  /** Direction and strength (length <= 1) in which the ship is pushed. */
  thrust: Vec;
  mine: boolean;
}

export interface PlayerInfo {
  id: number;
  name: string;
  /** Index into the palette, 0..11. */
  colour: number;
  bot: boolean;
  /** From 1 on; 0: none. */
  team: number;
  /** The first of `counts`. */
  score: number;
  /** In the order of the description's columns. */
  counts: readonly number[];
  ping_ms: number;
}

export interface Standing {
  player: number;
  score: number;
}

export interface Match {
  phase: "play" | "podium";
  ends_tick: number;
  /** Best first. */
  standings: readonly Standing[];
  /** The team that has won; 0: none. */
  winner?: number;
}

/**
 * How the connection does. `moving`: to another room, or to the lobby; `lost`: it comes back by itself; `refused`: it doesn't.
 */
export interface LinkState {
  state: "connecting" | "lobby" | "moving" | "playing" | "lost" | "refused";
  /** A sentence for the player, or "". */
  reason: string;
  retry_in_s: number;
  /** The latest round trip; 0 before there was one. */
  rtt_ms: number;
  /** Refused, for the server speaks another version of the protocol. */
  outdated?: boolean;
  /** Refused, for the token that was shown isn't taken, or not any more; or for none was shown, and the server asks for one. */
  token?: "refused" | "missing" | null;
}

/** What is on screen at one render frame. */
export interface Scene {
  time_s: number;
  /** The server's tick as the player sees it; may have a fraction. */
  tick: number;
  tick_rate: number;
  entities: readonly Drawn[];
  /** null: dead or watching. */
  me: Drawn | null;
  me_id: number;
  aim: number;
  camera: Vec;
  /**
   * The integers that the game names. In the place of a tick, `…_until`, it has under `…_ticks` how many are left until then;
   * so too `boost_ticks`, of every ship.
   */
  hud: Readonly<Record<string, number>>;
  players: ReadonlyMap<number, PlayerInfo>;
  match: Match | null;
  /** How the game wants to be shown. */
  description: Description;
  /** In the order of the description's teams. */
  team_scores: readonly number[];
  /** The tick at which the server is going to stop; null: it isn't. */
  stops_tick: number | null;
  /** How long until there is a picture, for whoever watches a room late that is younger than that; null: there is one. */
  starts_in_s: number | null;
  link: LinkState;
}

/**
 * Something that happened once.
 *
 *     kill    {killer, victim, assists[], bounces, what}  pickup  {player, what}
 *     hit     {player, by, damage, x, y, bounces}         pulse   {player, x, y, to_x, to_y, hit}
 *     match   {…}
 */
export interface GameEvent {
  name: string;
  body: Record<string, unknown>;
  /** When it happened; none: now, for it is foreseen. Where nobody asked for long it may be long past. */
  tick?: number;
}

export type Point = readonly [number, number];

/** Walls are thick polylines; `closed` joins the last point to the first. Rocks' points are local to their centre. */
export interface Arena {
  name: string;
  size: { width: number; height: number };
  walls: readonly { points: readonly Point[]; radius: number; closed: boolean }[];
  blocks: readonly { points: readonly Point[] }[];
  rocks: readonly { points: readonly Point[]; x: number; y: number; angle: number }[];
  crates: readonly { x: number; y: number; angle: number }[];
  spawns: readonly Vec[];
  /** Rectangles around (x, y), each guarded by a team. */
  goals?: readonly { x: number; y: number; width: number; height: number; team: number }[];
}

/** What the player wants, polled once per tick. */
export interface ControlSample {
  /** Length <= 1. */
  move: Vec;
  aim: number;
  fire: boolean;
  boost: boolean;
  pulse: boolean;
  /** Latched since the last sample: a press released in between is still a press. */
  pressed: { fire: boolean; boost: boolean; pulse: boolean };
}

export interface Controls {
  sample(): ControlSample;
}

/** What the bits of a ship's `status` say. */
export interface ShipStatus {
  /** 0..1 */
  hull: number;
  shield: boolean;
  protected: boolean;
  rapid: boolean;
  boosting: boolean;
  /** Nobody is to overlook it. */
  marked: boolean;
}

export const HULL_BITS = 0x0f;
export const SHIELD_BIT = 0x10;
export const PROTECTED_BIT = 0x20;
export const RAPID_BIT = 0x40;
export const BOOSTING_BIT = 0x80;
export const MARKED_BIT = 0x100;

export function shipStatus(status: number): ShipStatus {
  return {
    hull: (status & HULL_BITS) / HULL_BITS,
    shield: (status & SHIELD_BIT) !== 0,
    protected: (status & PROTECTED_BIT) !== 0,
    rapid: (status & RAPID_BIT) !== 0,
    boosting: (status & BOOSTING_BIT) !== 0,
    marked: (status & MARKED_BIT) !== 0,
  };
}

export const SHIP_RADIUS = 16;
export const SHOT_RADIUS = 4;
export const PICKUP_RADIUS = 14;
export const CRATE_SIZE = 40;
/** The server tells of nothing further than this from the ship, horizontally or vertically. */
export const VIEW_REACH = 704;

/** Live numbers for whoever debugs: named series drawn by the F3 panel, read by browser tests. */
export interface Gauges {
  push(name: string, value: number): void;
  /** The latest value of every series. */
  counters(): Readonly<Record<string, number>>;
}

/** How much worse than it is the network shall seem; all noughts: not at all. As `Conditions` in netsim.ts. */
export interface Weather {
  rtt_ms: number;
  jitter_ms: number;
  stalls_per_s: number;
}

/** What the player asks of the rest of the client. */
export interface Wishes {
  /** To be somewhere else, under this name (1..20 characters); null: under the name that one has. */
  go(name: string | null, wish: Wish): void;
  /** To be called so from now on. */
  rename(name: string): void;
  /** To try again what was refused. */
  again(): void;
  chat(to: ChatTo, text: string): void;
  /** Who watches looks along with `player`, or with 0 at a place, in units. */
  watch(player: number, x: number, y: number): void;
  network(weather: Weather): void;
}

export type ChatTo = "room" | "team" | "lobby";

/** A line of chat, as PROTOCOL.md has it. All of it is text that somebody else has written: show it as text only. */
export interface Said {
  /** Their number in our room; 0: said in the lobby, or by the server. */
  player: number;
  text: string;
  /** A notice is the server's, to us alone. */
  to: ChatTo | "notice";
  name: string;
  /** Said before we came: what is remembered of the channel. */
  old: boolean;
  /** By which `/mute` and `/report` know them; 0: the server. */
  who: number;
}

/** Where chat is read and written. */
export interface ChatView {
  /** We have come in: lines that were there are gone, and these channels can be written to. */
  begin(channels: readonly ChatTo[]): void;
  add(line: Said): void;
  /** A line of ours was refused. */
  refuse(sentence: string): void;
}

/** Where a point of the world is on screen, in CSS pixels, and the other way round. */
export interface Lens {
  readonly scale: number;
  readonly width_px: number;
  readonly height_px: number;
  /** 1: as everybody sees. */
  zoom: number;
  toScreen(point: Vec): Vec;
  toWorld(point: Vec): Vec;
}

/** Which room one is in, and as what. */
export type Stay = Pick<Welcome, "room" | "game" | "role" | "arena" | "description" | "title">;

/** Everything seen, heard and touched, made by `openLook` in look.ts; it opens showing the lobby. */
export interface Look {
  readonly controls: Controls;
  readonly overlay: Gauges;
  /** One is in this room now: leaves the lobby and lays out the arena. */
  enter(stay: Stay): void;
  /** The arena is this one from now on, of the same size: where it is built together. */
  rearrange(arena: Arena): void;
  readonly lens: Lens;
  /** Lays these over the picture, beneath what is written on it. */
  cover(...layers: HTMLElement[]): void;
  /** News of the lobby. It is shown when `scene.link` says that one is there. */
  lobby(news: LobbyNews): void;
  /** Once per render frame. Outside of a room only `scene.link` is shown. */
  draw(scene: Scene): void;
  /** Before `draw`, of the same scene. */
  event(event: GameEvent, scene: Scene): void;
  /** One's own ship came to this end, before `scene`: to be shown once more, as often as the player likes. */
  slain(clip: Clip, scene: Scene): void;
  readonly chat: ChatView;
  /** A sentence that the player should read in passing. */
  notice(sentence: string): void;
  /** Why one isn't where one wanted to be. */
  refuse(sentence: string): void;
}
