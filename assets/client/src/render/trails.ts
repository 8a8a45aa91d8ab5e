/**
 * Trails: whatever moves leaves a streak from where it was to where it is, which fades by itself.
 *
 * A streak per render frame, not a picture dragged behind: so a trail bends where a shot bounced. Pure.
 */

import { type Drawn, shipStatus } from "@ricochet/sdk";
import { shotColour } from "./palette";
import type { Particles } from "./particles";

/** Further than this in one render frame is a jump, not a flight. */
const JUMP = 320;
const OVERLAP_MAX = 26;

interface Place {
  x: number;
  y: number;
  drawing: number;
}

export class Trails {
  private readonly places = new Map<number, Place>();
  private drawing = 0;

  /** Call for every ship and shot of a drawing, then `forgetGone` once. */
  leave(entity: Drawn, colour: number, particles: Particles): void {
    const place = this.places.get(entity.id);
    if (place === undefined) {
      this.places.set(entity.id, { x: entity.x, y: entity.y, drawing: this.drawing });
      return;
    }
    const [dx, dy] = [entity.x - place.x, entity.y - place.y];
    const distance = Math.hypot(dx, dy);
    if (distance > 1 && distance < JUMP) {
      const streak = particles.spawn();
      streak.shape = "streak";
      streak.x = place.x + dx / 2;
      streak.y = place.y + dy / 2;
      streak.angle = Math.atan2(dy, dx);
      // Streaks are soft at their ends: they overlap, or the trail would be beads; but not far, or it would pass through walls.
      streak.length = distance + Math.min(1.2 * distance, OVERLAP_MAX) + 6;
      if (entity.kind === "shot") shotStreak(streak, entity, colour);
      else shipStreak(streak, entity, colour);
    }
    place.x = entity.x;
    place.y = entity.y;
    place.drawing = this.drawing;
  }

  forgetGone(): void {
    for (const [id, place] of this.places) {
      if (place.drawing !== this.drawing) this.places.delete(id);
    }
    this.drawing += 1;
  }

  clear(): void {
    this.places.clear();
  }
}

type Streak = ReturnType<Particles["spawn"]>;

function shotStreak(streak: Streak, shot: Drawn, colour: number): void {
  streak.width = 6 + 2 * Math.min(3, shot.status);
  streak.life_s = 0.2 + 0.05 * Math.min(3, shot.status);
  streak.end = 0.5;
  streak.colour = shotColour(colour, shot.status);
  streak.alpha = 0.6;
}

function shipStreak(streak: Streak, ship: Drawn, colour: number): void {
  const { boosting } = shipStatus(ship.status);
  const thrusting = Math.hypot(ship.thrust.x, ship.thrust.y) > 0.05;
  streak.width = boosting ? 20 : 11;
  streak.life_s = boosting ? 0.75 : 0.5;
  streak.end = 0.6;
  streak.colour = colour;
  streak.alpha = boosting ? 0.26 : thrusting ? 0.12 : 0.06;
}
