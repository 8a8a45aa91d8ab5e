/**
 * What is said at `/stats`: protocol/STATS.md, in types. What comes from the server is trusted to be what that page says.
 */

import type { RoomInfo } from "@ricochet/sdk";

export const SUBPROTOCOL = "ricochet.stats.v1.json";
export const VERSION = 1;

export interface Percentiles {
  p50: number;
  p99: number;
}

export interface RoomRow extends RoomInfo {
  entities: number;
  tick: number;
  tick_rate: number;
}

/** A room of another process, which is at `url`. */
export interface FarRoomRow extends RoomInfo {
  url: string;
}

/** One process of many that share a directory. */
export interface ProcessRow {
  id: string;
  url: string;
  /** The one that tells this. */
  is_here: boolean;
  is_open: boolean;
  rooms: number;
  people: number;
  visitors: number;
  players: number;
  bots: number;
  tick_p99_ms: number | null;
  /** In cores. */
  load: number;
  /** How long ago the directory last heard it; null: it has no lease. */
  lease_s: number | null;
  heard_s: number;
}

export interface SessionRow {
  /** Null in the lobby. */
  room: string | null;
  player: number | null;
  name: string | null;
  bot: boolean;
  connected: boolean;
  kept_s: number | null;
  subject: string | null;
  role: string;
  known_as: string;
  muted: boolean;
  rtt_ms: number;
  blocked: boolean;
  lagging: boolean;
  /** By which this one alone is meant; null until somebody has come back to a seat of before a restart. */
  session: string | null;
}

export interface Sessions {
  search: string;
  first: number;
  matches: number;
  rows: SessionRow[];
}

export interface Stats {
  type: "stats";
  at_ms: number;
  seconds: number;
  ticks: number;
  duration_ms: Percentiles | null;
  lateness_ms: Percentiles | null;
  gauges: Readonly<Record<string, number>>;
  rates: Readonly<Record<string, number>>;
  totals: Readonly<Record<string, number>>;
  /** This one first; none where there is one alone. */
  processes: ProcessRow[];
  rooms: RoomRow[];
  rooms_elsewhere: FarRoomRow[];
  sessions: Sessions;
}

/** Of `Stats` what charts are drawn from. */
export type Moment = Pick<Stats, "at_ms" | "seconds" | "ticks" | "duration_ms" | "lateness_ms" | "gauges" | "rates">;

/** What has been before one came: of each column an entry for each moment, the oldest first. */
export interface PastColumns {
  at_ms: number[];
  seconds: number[];
  ticks: number[];
  duration_ms: (Percentiles | null)[];
  lateness_ms: (Percentiles | null)[];
  /** Null: the system can't tell. */
  gauges: Readonly<Record<string, (number | null)[]>>;
  rates: Readonly<Record<string, (number | null)[]>>;
}

export interface Welcome {
  type: "welcome";
  subject: string | null;
  every_s: number;
  past: PastColumns;
}

export interface Bye {
  type: "bye";
  code: number;
  sentence: string;
}

export type ServerMessage = Welcome | Stats | Bye;

/** Which sessions to look at. */
export interface Look {
  search: string;
  first: number;
}

/** As many sessions as a page has. */
export const PAGE = 50;
