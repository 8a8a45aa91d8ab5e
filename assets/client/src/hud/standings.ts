/**
 * Who leads, and how that is said. Pure.
 */

import type { PlayerInfo, Scene, Standing } from "@ricochet/sdk";

/** Best score first; among equals more kills, then fewer deaths, then who came first. */
export function ranked(players: ReadonlyMap<number, PlayerInfo>): PlayerInfo[] {
  return [...players.values()].sort(
    (a, b) => b.score - a.score || b.kills - a.kills || a.deaths - b.deaths || a.id - b.id,
  );
}

export interface Placed {
  readonly player: PlayerInfo;
  readonly place: number;
}

/** In the order of `ranked`, each with the rank that it is told. */
export function placed(players: ReadonlyMap<number, PlayerInfo>): Placed[] {
  const order = ranked(players);
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
