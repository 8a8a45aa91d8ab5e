/**
 * What the lobby says of its rooms: in which order, and in which words. Pure.
 */

import type { GameInfo, RoomInfo } from "@ricochet/sdk";

/** Rooms that one can enter first; among them the most people first, then the most company of any kind, then by title. */
export function arranged(rooms: readonly RoomInfo[], game: string | null): RoomInfo[] {
  return rooms
    .filter((room) => game === null || room.game === game)
    .sort(
      (a, b) =>
        Number(isFull(a)) - Number(isFull(b)) || peopleIn(b) - peopleIn(a) || b.players - a.players ||
        a.title.localeCompare(b.title) || a.name.localeCompare(b.name),
    );
}

/** Bots are among the players. */
export function peopleIn({ players, bots }: RoomInfo): number {
  return Math.max(0, players - bots);
}

export function isFull({ players, players_max }: RoomInfo): boolean {
  return players >= players_max;
}

/** "3 people, 8 bots, 1 watching"; who isn't there isn't named. */
export function company(room: RoomInfo): string {
  const people = peopleIn(room);
  const parts = [
    people === 0 ? "" : counted(people, "person", "people"),
    room.bots === 0 ? "" : counted(room.bots, "bot", "bots"),
    room.spectators === 0 ? "" : `${room.spectators} watching`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Nobody yet" : parts.join(", ");
}

/** What people call it; a room that has only its name is called by that. */
export function titleOf({ name, title }: Pick<RoomInfo, "name" | "title">): string {
  return title === name || title === "" ? capitalised(name) : title;
}

/** With more places than this nobody counts them. */
const COUNTED_MAX = 128;

/** Whether it is worth saying how many more may come in. */
export function hasFewPlaces({ players_max }: RoomInfo): boolean {
  return players_max <= COUNTED_MAX;
}

/** "Melee in Pinball", "Ball in Court, two teams". */
export function playedThere(room: RoomInfo, games: readonly GameInfo[]): string {
  const offer = games.find(({ name }) => name === room.game);
  const teams = teamsOf(offer);
  return `${offer?.title ?? capitalised(room.game)} in ${capitalised(room.arena)}${teams === "" ? "" : `, ${teams}`}`;
}

/** Which game whoever presses Play is likely to be in: the one they have chosen, else what most people play, else the server's first. */
export function likelyGame(rooms: readonly RoomInfo[], games: readonly GameInfo[], chosen: string | null): GameInfo | undefined {
  const wanted = chosen ?? arranged(rooms, null)[0]?.game;
  return games.find(({ name }) => name === wanted) ?? games[0];
}

const NUMBERS = ["no", "one", "two", "three", "four"] as const;

/** "two teams"; "" where everybody plays for themselves. */
export function teamsOf(offer: GameInfo | undefined): string {
  const teams = offer?.teams ?? 0;
  return teams < 2 ? "" : `${NUMBERS[teams] ?? String(teams)} teams`;
}

/** "23 people · 3 rooms · 12 ms": who is on the server, oneself among them, and how far away it is. */
export function count(people: number, rooms: number, rtt_ms: number): string {
  const parts = [people <= 1 ? "Only you so far" : `${people} people`, counted(rooms, "room", "rooms")];
  if (rtt_ms > 0) parts.push(`${Math.max(1, Math.round(rtt_ms))} ms`);
  return parts.join(" · ");
}

export function counted(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Arenas are called by the names of their files; people begin names with a capital. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
