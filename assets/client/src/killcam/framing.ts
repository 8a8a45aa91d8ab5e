/**
 * How the killcam looks on: along with the killer, and wide enough to have the victim in the picture as well. Pure.
 *
 * Who is further off than any picture reaches is leant towards. A victim is remembered where it ended, a killer for a moment after it was
 * seen last; with no killer the victim is gone along with.
 */

import { type Vec, VIEW_REACH } from "@ricochet/sdk";

/** How much of the world is across the picture. */
export const UNITS_MIN = 560;
export const UNITS_MAX = 2 * VIEW_REACH;
/** So far from the rim they are kept. */
const MARGIN_UNITS = 110;
/** How fast it turns and zooms. */
const TURN_S = 0.25;
const LOST_S = 0.7;

export class Framing {
  x = 0;
  y = 0;
  /** Across the picture. */
  units = UNITS_MIN;
  private killer: Vec | null = null;
  private victim: Vec | null = null;
  private lost_s = 0;
  private fresh = true;

  /** From where it is at once, and not by turning there. */
  begin(): void {
    this.killer = this.victim = null;
    this.lost_s = 0;
    this.fresh = true;
  }

  /** `seconds` later they are there; null: not in sight. `aspect`: how much wider than high the picture is. */
  follow(killer: Vec | null, victim: Vec | null, aspect: number, seconds: number): void {
    this.remember(killer, victim, seconds);
    const first = this.killer ?? this.victim;
    if (!first) return;
    const other = this.victim ?? first;
    const [dx, dy] = [other.x - first.x, other.y - first.y];
    const wanted = Math.max(Math.abs(dx) + 2 * MARGIN_UNITS, (Math.abs(dy) + 2 * MARGIN_UNITS) * aspect);
    const units = Math.max(UNITS_MIN, Math.min(UNITS_MAX, wanted));
    const share = this.fresh ? 1 : 1 - Math.exp(-seconds / TURN_S);
    this.fresh = false;
    this.units += (units - this.units) * share;
    this.x += (first.x + lean(dx, units) - this.x) * share;
    this.y += (first.y + lean(dy, units / aspect) - this.y) * share;
  }

  private remember(killer: Vec | null, victim: Vec | null, seconds: number): void {
    this.lost_s = killer ? 0 : this.lost_s + seconds;
    if (killer) this.killer = { x: killer.x, y: killer.y };
    else if (this.lost_s > LOST_S) this.killer = null;
    if (victim) this.victim = { x: victim.x, y: victim.y };
  }
}

/** Half-way to the other one, but no further than the first stays in a picture so long. */
function lean(way: number, length: number): number {
  const reach = Math.max(0, length / 2 - MARGIN_UNITS);
  return Math.max(-reach, Math.min(reach, way / 2));
}
