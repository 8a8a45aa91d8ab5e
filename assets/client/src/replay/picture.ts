/**
 * The scene of one render frame of a replay: everything that is there, seen from where somebody looks.
 *
 * A scene is valid until the next.
 */

import { type LinkState, NOTHING, type Scene } from "@ricochet/sdk";
import { type Playback, Redrawn } from "@ricochet/sdk/replay";
import type { Gaze } from "./gaze";

const PLAYING: LinkState = { state: "playing", reason: "", retry_in_s: 0, rtt_ms: 0 };

export class ReplayPicture {
  private readonly playback: Playback;
  private readonly drawn: Redrawn;

  constructor(playback: Playback) {
    this.playback = playback;
    this.drawn = new Redrawn(playback.recording.welcome.kinds);
  }

  /** What there is to see now. The gaze goes along with whoever is followed. */
  take(gaze: Gaze, time_s: number, elapsed_s: number, at_once: boolean): Scene {
    const { playback } = this;
    const entities = this.drawn.take(playback.seen());
    gaze.keep(entities.find(({ kind, owner }) => kind === "ship" && owner === gaze.followed), elapsed_s, at_once);
    const { players, match, team_scores } = playback.roster;
    const { tick_rate, description = NOTHING } = playback.recording.welcome;
    return {
      time_s, tick: playback.tick, tick_rate, entities, me: null, me_id: gaze.followed, aim: 0, camera: { x: gaze.x, y: gaze.y },
      hud: {}, players, match, description: description ?? NOTHING, team_scores, stops_tick: null, starts_in_s: null, link: PLAYING,
    };
  }
}
