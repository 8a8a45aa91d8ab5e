/**
 * Who plays, and how the match stands: from `welcome.players` and the events that keep it current.
 *
 * Events with other names are none of the roster's business. Whoever is spoken of before having joined is passed over.
 */

import type { Enrolled, Happening } from "./messages";
import type { Match, PlayerInfo } from "./scene";

type Row = readonly number[];

export class Roster {
  readonly players = new Map<number, PlayerInfo>();
  match: Match | null = null;
  /** The tick at which the server stops, once it has said so. */
  stops_tick: number | null = null;
  team_scores: readonly number[] = [];

  constructor(enrolled: readonly Enrolled[]) {
    for (const player of enrolled) this.#join(player);
  }

  take({ name, body }: Happening): void {
    switch (name) {
      case "joined":
        this.#join(body as unknown as Enrolled);
        break;
      case "left":
        this.players.delete(body["id"] as number);
        break;
      case "pings":
        for (const [id, ping_ms] of body["pings"] as Row[]) this.#note(id!, { ping_ms: ping_ms! });
        break;
      case "scores":
        for (const [id, ...counts] of body["scores"] as Row[]) this.#note(id!, { score: counts[0] ?? 0, counts });
        break;
      case "team_scores":
        this.team_scores = body["scores"] as Row;
        break;
      case "renamed":
        this.#note(body["id"] as number, { name: body["name"] as string });
        break;
      case "teamed":
        this.#note(body["player"] as number, { team: body["team"] as number });
        break;
      case "match":
        this.match = body as unknown as Match;
        break;
      case "stopping":
        this.stops_tick = body["ends_tick"] as number;
        break;
    }
  }

  #join({ id, name, colour, bot, team = 0 }: Enrolled): void {
    this.players.set(id, { id, name, colour, bot, team, score: 0, counts: [], ping_ms: 0 });
  }

  #note(id: number, news: Partial<PlayerInfo>): void {
    const player = this.players.get(id);
    if (player) Object.assign(player, news);
  }
}
