/**
 * Where one may write, by where one has come in. Pure.
 */

import type { ChatTo, Welcome } from "@ricochet/sdk";

/** Who watches speaks in the lobby alone; a team is spoken to by those who are in one. */
export function channelsOf({ player, players }: Pick<Welcome, "player" | "players">): readonly ChatTo[] {
  if (player === 0) return ["lobby"];
  const team = players.find(({ id }) => id === player)?.team ?? 0;
  return team > 0 ? ["room", "team", "lobby"] : ["room", "lobby"];
}
