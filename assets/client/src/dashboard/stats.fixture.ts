/** What a server might say, for tests. */

import type { PastColumns, SessionRow, Stats } from "./wire";

export const NO_PAST: PastColumns = { at_ms: [], seconds: [], ticks: [], duration_ms: [], lateness_ms: [], gauges: {}, rates: {} };

export function stats(changes: Partial<Stats> = {}): Stats {
  return {
    type: "stats", at_ms: 0, seconds: 0.5, ticks: 30, duration_ms: null, lateness_ms: null,
    gauges: {}, rates: {}, totals: {}, processes: [], rooms: [], rooms_elsewhere: [], sessions: { search: "", first: 0, matches: 0, rows: [] },
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
