/**
 * What one's own kill is worth saying: whom, and off how many walls; gone after two seconds.
 */

import type { GameEvent, Scene } from "@ricochet/sdk";
import { numberIn } from "./bodies";
import { element, show } from "./dom";

const SHOWN_S = 2;

export class Reward {
  readonly root = element("p", "reward");
  private until_s = 0;

  constructor() {
    this.root.setAttribute("role", "status");
    show(this.root, false);
  }

  event(event: GameEvent, scene: Scene): void {
    const sentence = rewardSentence(event, scene);
    if (sentence === "") return;
    // A new element, so that the same words twice arrive twice.
    this.root.replaceChildren(element("span", "", sentence));
    this.until_s = scene.time_s + SHOWN_S;
  }

  draw(scene: Scene): void {
    show(this.root, scene.time_s < this.until_s && scene.match?.phase !== "podium");
  }
}

/** "" unless it is a kill by me of somebody else. Pure. */
export function rewardSentence(event: GameEvent, { players, me_id }: Pick<Scene, "players" | "me_id">): string {
  const victim = numberIn(event.body, "victim");
  if (event.name !== "kill" || numberIn(event.body, "killer") !== me_id || victim === me_id) return "";
  const bounces = numberIn(event.body, "bounces");
  const name = players.get(victim)?.name ?? "a ship";
  return bounces > 0 ? `Ricochet ×${bounces} — ${name}` : `Destroyed ${name}`;
}
