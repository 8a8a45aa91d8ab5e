/**
 * The scene of one render frame of a replay: everything that is there, seen from where somebody looks.
 *
 * Drawn entities are used again from frame to frame; a scene is valid until the next.
 */

import { type Drawn, type LinkState, NOTHING, type Scene } from "@ricochet/sdk";
import { type Playback, type Seen, angleFromWire, shown, thrustOf } from "@ricochet/sdk/replay";
import type { Gaze } from "./gaze";

const PLAYING: LinkState = { state: "playing", reason: "", retry_in_s: 0, rtt_ms: 0 };

export class ReplayPicture {
  private readonly playback: Playback;
  private readonly drawn = new Map<number, Drawn>();
  private readonly entities: Drawn[] = [];

  constructor(playback: Playback) {
    this.playback = playback;
  }

  /** What there is to see now. The gaze goes along with whoever is followed. */
  take(gaze: Gaze, time_s: number, elapsed_s: number, at_once: boolean): Scene {
    const { playback, entities } = this;
    entities.length = 0;
    for (const seen of playback.seen()) entities.push(this.draw(seen));
    gaze.keep(entities.find(({ kind, owner }) => kind === "ship" && owner === gaze.followed), elapsed_s, at_once);
    const { players, match, team_scores } = playback.roster;
    const { tick_rate, description = NOTHING } = playback.recording.welcome;
    return {
      time_s, tick: playback.tick, tick_rate, entities, me: null, me_id: gaze.followed, aim: 0, camera: { x: gaze.x, y: gaze.y },
      hud: {}, players, match, description: description ?? NOTHING, team_scores, stops_tick: null, link: PLAYING,
    };
  }

  private draw({ published, at }: Seen): Drawn {
    const kind = this.playback.recording.welcome.kinds[published.kind]!;
    let drawn = this.drawn.get(published.id);
    if (!drawn) {
      drawn = { ...BLANK, id: published.id, thrust: { x: 0, y: 0 } };
      this.drawn.set(published.id, drawn);
    }
    const { variant, owner, status } = published;
    Object.assign(drawn, shown(kind), { variant, owner, status, x: at.x, y: at.y, vx: at.vx, vy: at.vy, angle: angleFromWire(at.angle) });
    thrustOf(published.move_x, published.move_y, drawn.thrust);
    return drawn;
  }
}

const BLANK: Drawn = { id: 0, kind: "", colour: "owner", label: "", radius: 1, variant: 0, owner: 0, status: 0, x: 0, y: 0, vx: 0, vy: 0, angle: 0, thrust: { x: 0, y: 0 }, mine: false };
