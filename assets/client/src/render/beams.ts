/**
 * Beams: a line of light from a muzzle to what it met, gone in a moment.
 *
 * Three strokes over each other, from a wide glow in its owner's colour to a white core that goes first. At most BEAMS_MAX at once:
 * a newcomer replaces the oldest.
 */

import type { Vec } from "@ricochet/sdk";
import type { Ink } from "./ink";
import { WHITE, mix } from "./palette";

export const BEAM_S = 0.18;
export const BEAMS_MAX = 64;
/** With less motion wanted, a beam is no flash. */
const CALM_SHARE = 0.55;

interface Beam {
  from: Vec;
  to: Vec;
  colour: number;
  age_s: number;
}

export class Beams {
  private readonly beams: Beam[] = [];

  get count(): number {
    return this.beams.length;
  }

  add(from: Vec, to: Vec, colour: number): void {
    if (this.beams.length === BEAMS_MAX) this.beams.shift();
    this.beams.push({ from, to, colour, age_s: 0 });
  }

  clear(): void {
    this.beams.length = 0;
  }

  /** Stamps them, and lets them fade by `dt_s`. */
  draw(ink: Pick<Ink, "stamp">, dt_s: number, calm: boolean): void {
    for (const beam of this.beams) {
      drawBeam(beam, ink, calm ? CALM_SHARE : 1);
      beam.age_s += dt_s;
    }
    while (this.beams.length > 0 && this.beams[0]!.age_s >= BEAM_S) this.beams.shift();
  }
}

function drawBeam({ from, to, colour, age_s }: Beam, ink: Pick<Ink, "stamp">, share: number): void {
  const left = 1 - age_s / BEAM_S;
  if (left <= 0) return;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const angle = Math.atan2(dy, dx);
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const light = share * left;
  ink.stamp("band", x, y, angle, length + 12, 96 * (0.5 + 0.5 * left), colour, 0.85 * light);
  ink.stamp("band", x, y, angle, length + 8, 22 * left + 4, mix(colour, WHITE, 0.15), 0.9 * light);
  ink.stamp("pixel", x, y, angle, length, 1 + 1.8 * left * left, WHITE, light);
  ink.stamp("glow", to.x, to.y, 0, 90 * left, 90 * left, mix(colour, WHITE, 0.2), 0.8 * light);
  ink.stamp("glow", from.x, from.y, 0, 64 * left, 64 * left, mix(colour, WHITE, 0.4), 0.9 * light);
}
