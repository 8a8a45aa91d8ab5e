/**
 * What is news still. Pure.
 *
 * A page that was hidden is told at once of all that happened meanwhile; what is long past is neither shown nor heard.
 */

import type { GameEvent, Scene } from "@ricochet/sdk";

const NEWS_S = 2;

export function isNews({ tick }: Pick<GameEvent, "tick">, scene: Pick<Scene, "tick" | "tick_rate">): boolean {
  return tick === undefined || scene.tick - tick <= NEWS_S * scene.tick_rate;
}
