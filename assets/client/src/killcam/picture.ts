/**
 * The scene of one render frame of a clip: everything that was there, seen from where the killcam looks.
 *
 * A scene is valid until the next.
 */

import { type Clip, type Description, type Drawn, type LinkState, Redrawn, type Scene, type Vec } from "@ricochet/sdk";
import { Framing } from "./framing";

const PLAYING: LinkState = { state: "playing", reason: "", retry_in_s: 0, rtt_ms: 0 };

export class ClipPicture {
  readonly framing = new Framing();
  /** Where they are, as far as they are in sight. */
  killer: Vec | null = null;
  victim: Vec | null = null;
  /** Where the victim is or was last: the server told of what was around there. */
  around: Vec | null = null;
  private readonly clip: Clip;
  private readonly description: Description;
  private readonly drawn: Redrawn;

  constructor(clip: Clip, description: Description) {
    this.clip = clip;
    this.description = description;
    this.drawn = new Redrawn(clip.kinds);
  }

  take(aspect: number, time_s: number, elapsed_s: number): Scene {
    const { clip, framing, description } = this;
    const { slain, players } = clip.ending;
    const entities = this.drawn.take(clip.seen());
    for (const entity of entities) entity.mine = entity.kind === "ship" && entity.owner === slain.victim;
    this.killer = placeOf(entities, slain.killer);
    this.victim = placeOf(entities, slain.victim);
    this.around = this.victim ?? this.around;
    framing.follow(this.killer, this.victim, aspect, elapsed_s);
    return {
      time_s, tick: clip.tick, tick_rate: clip.tick_rate, entities, me: null, me_id: slain.victim, aim: 0, camera: { x: framing.x, y: framing.y },
      hud: {}, players, match: null, description, team_scores: [], stops_tick: null, starts_in_s: null, link: PLAYING,
    };
  }
}

function placeOf(entities: readonly Drawn[], player: number): Vec | null {
  const ship = player > 0 ? entities.find(({ kind, owner }) => kind === "ship" && owner === player) : undefined;
  return ship ? { x: ship.x, y: ship.y } : null;
}
