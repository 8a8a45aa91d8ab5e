/**
 * How a room ended, for those who come back from it: whose names stand on which step, and what is said above them. Pure.
 */

import type { PodiumInfo } from "@ricochet/sdk";
import { sentence } from "../hud/banner";

export const STEPS = 3;

type Placed = PodiumInfo["standings"][number];

export interface Step extends Placed {
  /** 1 is the best; equal scores share a place. */
  place: number;
}

export function steps({ standings }: PodiumInfo): Step[] {
  return standings.map((placed) => ({ ...placed, place: 1 + standings.filter(({ score }) => score > placed.score).length }));
}

/** "Ada wins", "Ada and Bob share the first place", "Nobody wins". */
export function headline(outcome: PodiumInfo): string {
  const winners = steps(outcome).filter(({ place }) => place === 1).map(({ name }) => name);
  if (winners.length === 0) return "It is over";
  if (winners.length === 1) return `${winners[0]} wins`;
  if (winners.length > 3) return "A draw";
  return `${winners.slice(0, -1).join(", ")} and ${winners.at(-1)} share the first place`;
}

/** Why one is in the lobby again; "" when one has gone there oneself. */
export function whyHere(reason: string): string {
  return reason === "" ? "" : sentence(reason, "").replace(/(?<![.!?…])$/u, ".");
}
