/**
 * The layers that entities are stamped on, from the floor up, and what every drawing routine is handed.
 */

import type { Description, Drawn, Scene } from "@ricochet/sdk";
import type { Camera } from "./camera";
import type { Ink } from "./ink";
import type { Particles } from "./particles";
import { NOBODY, hue, livery, type Livery } from "./palette";

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

type Told = Pick<Scene, "players" | "description">;

/** A player's colour and hull; in a team the colour is the team's. */
export function liveryOf({ players, description }: Told, owner: number): Livery {
  const player = players.get(owner);
  if (player === undefined) return NOBODY;
  const own = livery(player.colour);
  const team = description.teams[player.team - 1];
  return team === undefined ? own : { ...own, colour: hue(team.hue) };
}

/** Nobody's for team 0, and for one that the game doesn't describe. */
export function teamColour({ teams }: Description, team: number): number {
  const found = teams[team - 1];
  return found === undefined ? NOBODY.colour : hue(found.hue);
}

/** In which colours an entity is drawn, as its kind's look says. */
export function paintOf(scene: Told, entity: Drawn): Livery {
  if (entity.colour === "owner") return liveryOf(scene, entity.owner);
  if (entity.colour !== "team") return { ...liveryOf(scene, entity.owner), colour: hue(entity.colour) };
  return entity.owner > 0 ? liveryOf(scene, entity.owner) : { ...NOBODY, colour: teamColour(scene.description, entity.variant) };
}
