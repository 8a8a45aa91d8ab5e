/** A lobby that nobody is in, for `/demo.html?show=lobby`. */

import type { GameInfo, LobbyNews, RoomInfo } from "@ricochet/sdk";

const FLY = [{ button: "move", does: "fly" }, { button: "aim", does: "aim" }, { button: "fire", does: "shoot" }] as const;
const GAMES: GameInfo[] = [
  { name: "melee", title: "Melee", arenas: ["pinball", "belt"], teams: 0, controls: [...FLY, { button: "pulse", does: "pulse" }] },
  { name: "ball", title: "Ball", arenas: ["pinball"], teams: 2, controls: [...FLY, { button: "boost", does: "kick" }] },
];
const ROOMS: RoomInfo[] = [
  { name: "pinball", title: "pinball", game: "melee", arena: "pinball", players: 13, bots: 8, spectators: 2, players_max: 1500 },
  { name: "graces-room", title: "Grace’s room", game: "ball", arena: "belt", players: 6, bots: 2, spectators: 0, players_max: 8 },
  { name: "long", title: "The long dark belt at the end of all things", game: "melee", arena: "belt", players: 16, bots: 0, spectators: 1, players_max: 16 },
  { name: "workshop", title: "Workshop", game: "melee", arena: "pinball", players: 0, bots: 0, spectators: 0, players_max: 12 },
];
const STANDINGS = [["Ada", 1320], ["Grace", 1105], ["Edsger", 910], ["Barbara", 640], ["Alan", 300]] as const;

/** With `ended`, as whoever sees it who comes from a room that has just ended. */
export function demoLobby(ended: boolean): LobbyNews {
  const podium = { room: "Pinball", game: "melee", standings: STANDINGS.map(([name, score]) => ({ name, team: 0, score })) };
  return { type: "lobby", rooms: ROOMS, games: GAMES, people: 14, podium: ended ? podium : null, reason: ended ? "the room has come to its end" : "" };
}
