/**
 * Score and rank, and the match clock, along the top.
 */

import type { Scene } from "@ricochet/sdk";
import { element, mark, show, write } from "./dom";
import { clockFace, ordinal, rankOf, secondsLeft } from "./standings";

const HURRY_S = 15;

export class TopLine {
  readonly score: HTMLElement;
  readonly clock: HTMLElement;
  private readonly points = element("b", "points", "0");
  private readonly rank = element("span", "rank");
  private readonly time = element("b", "time");

  constructor() {
    this.score = element("section", "score", this.points, this.rank);
    this.score.setAttribute("aria-label", "Your score");
    this.clock = element("section", "clock", this.time);
    this.clock.setAttribute("aria-label", "Time left");
    this.clock.setAttribute("role", "timer");
  }

  draw(scene: Scene): void {
    const me = scene.players.get(scene.me_id);
    const rank = rankOf(scene.players, scene.me_id);
    show(this.score, me !== undefined);
    write(this.points, String(me?.score ?? 0));
    write(this.rank, rank === null ? "" : `${ordinal(rank)} of ${scene.players.size}`);
    const left = secondsLeft(scene);
    show(this.clock, left !== null && scene.match?.phase === "play");
    if (left === null) return;
    write(this.time, clockFace(left));
    mark(this.clock, "hurry", left < HURRY_S);
  }
}
