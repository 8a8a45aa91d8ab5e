/** What a server might say, for tests. */

import type { PastColumns, ProcessRow, RoomRow, SessionRow, Stats } from "./wire";

export const NO_PAST: PastColumns = { at_ms: [], seconds: [], ticks: [], duration_ms: [], lateness_ms: [], gauges: {}, rates: {} };

export function stats(changes: Partial<Stats> = {}): Stats {
  return {
    type: "stats", at_ms: 0, seconds: 0.5, ticks: 30, duration_ms: null, lateness_ms: null,
    gauges: {}, rates: {}, totals: {}, processes: [], rooms: [], rooms_elsewhere: [], sessions: { search: "", first: 0, matches: 0, rows: [] },
    ...changes,
  };
}

export function process(changes: Partial<ProcessRow> = {}): ProcessRow {
  return {
    id: "a1", url: "https://a.example", is_here: false, is_open: true, rooms: 1, people: 2, visitors: 1, players: 9, bots: 8,
    tick_p99_ms: 2, load: 0.3, lease_s: 1, heard_s: 0.4,
    ...changes,
  };
}

export function room(changes: Partial<RoomRow> = {}): RoomRow {
  return {
    name: "pinball", title: "pinball", game: "melee", arena: "pinball", players: 9, bots: 8, spectators: 0, players_max: 64,
    entities: 40, tick: 600, tick_rate: 60,
    ...changes,
  };
}

export function session(changes: Partial<SessionRow> = {}): SessionRow {
  return {
    room: "pinball", player: 1, name: "Ann", bot: false, connected: true, kept_s: null, subject: null, role: "player",
    known_as: "address:203.0.113.5", muted: false, rtt_ms: 20, blocked: false, lagging: false, session: "1-a4f0",
    ...changes,
  };
}
