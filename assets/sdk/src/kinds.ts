/**
 * What sorts of entities there are, as `welcome.kinds` declares them: the twin of `protocol/kinds.py`.
 *
 * An entity's `kind` on the wire is an index into that list.
 */

import type { Look } from "./description";

export interface Kind {
  name: string;
  /** "ship" | "shot" | "rock" | "crate" | "pickup" | "ball"; what it collides with. */
  category: string;
  shape: "circle" | "box" | "polygon";
  /** Of a circle, or half the side of a box; in units. */
  radius: number;
  mass: number;
  elasticity: number;
  friction: number;
  /** Per second. */
  drag: number;
  /** Units/s² at full stick. */
  thrust: number;
  /** Its angle is where its player aims. */
  steered: boolean;
  /** It is touched but never pushes. */
  sensor: boolean;
  velocity_scale: number;
  tolerance_units: number;
  tolerance_angle: number;
  /** How the game wants it drawn; else as its category says. */
  look?: Look | null;
}
