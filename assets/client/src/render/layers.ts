/**
 * The layers that entities are stamped on, from the floor up, and what every drawing routine is handed.
 */

import type { PlayerInfo, Scene } from "@ricochet/sdk";
import type { Camera } from "./camera";
import type { Ink } from "./ink";
import type { Particles } from "./particles";
import { NOBODY, livery, type Livery } from "./palette";

export interface Layers {
  /** Light beneath things. */
  under: Ink;
  /** Hulls, crates, bars: what hides what is beneath. */
  solid: Ink;
  /** Light over things. */
  over: Ink;
}

export interface Drawing {
  scene: Scene;
  camera: Camera;
  layers: Layers;
  particles: Particles;
  dt_s: number;
  /** The player's system asks for less motion. */
  calm: boolean;
}

export function liveryOf(players: ReadonlyMap<number, PlayerInfo>, owner: number): Livery {
  const player = players.get(owner);
  return player === undefined ? NOBODY : livery(player.colour);
}
