/**
 * What is worth saying large, for a moment: the shouts of the game's news.
 */

import type { GameEvent, Scene } from "@ricochet/sdk";
import { css } from "../render/palette";
import { liveryOf, teamColour } from "../render/layers";
import { element, show } from "./dom";
import { shoutFor } from "./feed";

const SHOWN_S = 2;

export class Shout {
  readonly root = element("p", "reward");
  private until_s = 0;

  constructor() {
    this.root.setAttribute("role", "status");
    show(this.root, false);
  }

  /** Whether there was something to shout. */
  event(event: GameEvent, scene: Scene): boolean {
    const pieces = shoutFor(event, scene.description, scene.players, scene.me_id);
    if (pieces.length === 0) return false;
    const words = pieces.map(({ text, player, team }) => {
      const word = element(team > 0 || player > 0 ? "b" : "span", "", text);
      if (team > 0) word.style.color = css(teamColour(scene.description, team));
      if (player > 0) word.style.color = css(liveryOf(scene, player).colour);
      return word;
    });
    // New elements, so that the same words twice arrive twice.
    this.root.replaceChildren(element("span", "shout", ...words));
    this.until_s = scene.time_s + SHOWN_S;
    return true;
  }

  draw(scene: Scene): void {
    show(this.root, scene.time_s < this.until_s && scene.match?.phase !== "podium");
  }
}
