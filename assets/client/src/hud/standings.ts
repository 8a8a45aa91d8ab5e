/**
 * Who leads, and how that is said. Pure.
 */

import type { Column, PlayerInfo, Scene, Standing } from "@ricochet/sdk";

/** The best in the first column first; among equals the next ones decide, then who came first. */
export function ranked(players: ReadonlyMap<number, PlayerInfo>, columns: readonly Column[] = []): PlayerInfo[] {
  return [...players.values()].sort((a, b) => b.score - a.score || byColumns(a, b, columns) || a.id - b.id);
}

function byColumns(a: PlayerInfo, b: PlayerInfo, columns: readonly Column[]): number {
  for (const [at, { best }] of columns.entries()) {
    const more = (b.counts[at] ?? 0) - (a.counts[at] ?? 0);
    if (more !== 0) return best === "most" ? more : -more;
  }
  return 0;
}

export interface Placed {
  readonly player: PlayerInfo;
  readonly place: number;
}

/** In the order of `ranked`, each with the rank that it is told. */
export function placed(players: ReadonlyMap<number, PlayerInfo>, columns: readonly Column[] = []): Placed[] {
  const order = ranked(players, columns);
  return order.map((player) => ({ player, place: 1 + order.findIndex(({ score }) => score === player.score) }));
}

/** 1 = leading; equal scores share a rank. null: not among the players. */
export function rankOf(players: ReadonlyMap<number, PlayerInfo>, id: number): number | null {
  return rankAmong([...players.values()], players.get(id));
}

/** The same, of the standings that the server tells. */
export function placeIn(standings: readonly Standing[], id: number): number | null {
  return rankAmong(standings, standings.find(({ player }) => player === id));
}

function rankAmong(all: readonly Scored[], one: Scored | undefined): number | null {
  return one === undefined ? null : 1 + all.filter(({ score }) => score > one.score).length;
}

interface Scored {
  readonly score: number;
}

/** "1st", "2nd", "3rd", "11th", … */
export function ordinal(rank: number): string {
  const tens = rank % 100;
  if (tens >= 11 && tens <= 13) return `${rank}th`;
  return `${rank}${["th", "st", "nd", "rd"][rank % 10] ?? "th"}`;
}

/** Seconds until the match, or the pause after it, ends; null when there is none. */
export function secondsLeft({ match, tick, tick_rate }: Scene): number | null {
  if (match === null || tick_rate <= 0) return null;
  return Math.max(0, (match.ends_tick - tick) / tick_rate);
}

/** "4:07"; rounded up, so that 0:00 means over. */
export function clockFace(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
