/**
 * How much of the world fits on this screen, and where a point of it is drawn.
 *
 * Everybody sees about as much: 1280 × 720 world units lying, 700 wide standing, whatever the screen. Nobody is shown more than
 * `VIEW_REACH` from the camera, since the server tells of nothing beyond. Pure.
 */

import { type Vec, VIEW_REACH } from "@ricochet/sdk";

const LONG_UNITS = 1280;
const SHORT_UNITS = 720;
const PORTRAIT_WIDTH_UNITS = 700;

/** Screen pixels per world unit. */
export function fitScale(width_px: number, height_px: number): number {
  const wanted =
    width_px >= height_px
      ? Math.min(width_px / LONG_UNITS, height_px / SHORT_UNITS)
      : Math.min(width_px / PORTRAIT_WIDTH_UNITS, height_px / LONG_UNITS);
  return Math.max(wanted, Math.max(width_px, height_px) / (2 * VIEW_REACH));
}

export class Camera {
  width_px = 1;
  height_px = 1;
  scale = 1;
  x = 0;
  y = 0;
  #zoom = 1;

  get zoom(): number {
    return this.#zoom;
  }

  set zoom(zoom: number) {
    this.#zoom = zoom;
    this.resize(this.width_px, this.height_px);
  }

  resize(width_px: number, height_px: number): void {
    this.width_px = Math.max(1, width_px);
    this.height_px = Math.max(1, height_px);
    this.scale = fitScale(this.width_px, this.height_px) * this.#zoom;
  }

  lookAt(point: Vec): void {
    this.x = point.x;
    this.y = point.y;
  }

  toScreen(point: Vec): Vec {
    return {
      x: (point.x - this.x) * this.scale + this.width_px / 2,
      y: (point.y - this.y) * this.scale + this.height_px / 2,
    };
  }

  toWorld(point: Vec): Vec {
    return {
      x: (point.x - this.width_px / 2) / this.scale + this.x,
      y: (point.y - this.height_px / 2) / this.scale + this.y,
    };
  }

  /** Whether any of a circle may be on screen. */
  sees(x: number, y: number, radius: number): boolean {
    return (
      Math.abs(x - this.x) <= this.width_px / 2 / this.scale + radius &&
      Math.abs(y - this.y) <= this.height_px / 2 / this.scale + radius
    );
  }
}

/** Screen shake from how much was suffered lately ("trauma"): grows with its square, so small hits only tremble. */
export class Shake {
  private trauma = 0;
  private time_s = 0;

  add(trauma: number): void {
    this.trauma = Math.min(1, this.trauma + trauma);
  }

  /** How far to move the picture now, in world units; fades within a second. */
  step(dt_s: number): Vec {
    this.time_s += dt_s;
    this.trauma = Math.max(0, this.trauma - 1.6 * dt_s);
    const reach = SHAKE_UNITS * this.trauma * this.trauma;
    // Two incommensurable tones each: no jump between frames, whatever the frame rate, and no visible period.
    const t = this.time_s;
    return {
      x: reach * (0.7 * Math.sin(t * 71) + 0.3 * Math.sin(t * 113)),
      y: reach * (0.7 * Math.sin(t * 83 + 1) + 0.3 * Math.sin(t * 127)),
    };
  }
}

const SHAKE_UNITS = 18;
