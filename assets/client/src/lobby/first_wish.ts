/**
 * Where the page goes when it is opened, before anybody has pressed anything. Pure.
 */

import type { Wish } from "@ricochet/sdk";

/**
 * Into the room that the address names; back to the seat that this tab had, if it is there; else into the lobby (null), unless the
 * address asks to play at once. `seated` is the room of that seat, which the connection comes back to by itself.
 */
export function firstWish(asked: { room: string | null; autojoin: boolean }, seated: string | null): Wish | null {
  const { room, autojoin } = asked;
  const stays = seated !== null && (room === null || room === seated);
  return stays || (room === null && !autojoin) ? null : { type: "enter", room, role: "player", game: null };
}
