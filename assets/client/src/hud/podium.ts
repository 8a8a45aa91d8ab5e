/**
 * The end of a match: three on the podium, one's own place, when the next match starts, and the way to its replay.
 */

import type { Scene, Standing } from "@ricochet/sdk";
import { liveryOf, teamColour } from "../render/layers";
import { css } from "../render/palette";
import { Again } from "./again";
import { element, show, write } from "./dom";
import { ordinal, placeIn, secondsLeft } from "./standings";

/** Leads to the replay. */
export const AGAIN_KEY = "P";

export class Podium {
  readonly root: HTMLElement;
  private readonly title = element("h2", "");
  private readonly steps = element("ol", "podium-steps");
  private readonly own = element("p", "podium-own");
  private readonly next = element("p", "podium-next");
  private readonly again = new Again(AGAIN_KEY);

  constructor() {
    this.root = element("section", "podium", this.title, this.steps, this.own, this.next, this.again.root);
    this.root.setAttribute("aria-live", "polite");
    show(this.root, false);
  }

  /** `replay` is where that of the match that is over is played; "": none is known. */
  draw(scene: Scene, replay: string): void {
    const { match } = scene;
    const shown = match?.phase === "podium";
    if (shown && this.root.hidden) this.lay(scene, match.standings);
    show(this.root, shown);
    this.again.offer(shown ? replay : "");
    if (!shown) return;
    write(this.next, `Next match in ${Math.ceil(secondsLeft(scene) ?? 0)}`);
  }

  /** To the replay; whether there is a way. */
  follow(): boolean {
    return this.again.follow();
  }

  private lay(scene: Scene, standings: readonly Standing[]): void {
    write(this.title, titleOf(scene, standings));
    const { teams } = scene.description;
    this.title.style.color = teams.length > 0 ? css(teamColour(scene.description, scene.match?.winner ?? 0)) : "";
    this.steps.replaceChildren(...standings.slice(0, 3).map((standing, index) => step(standing, index + 1, scene)));
    write(this.own, told(standings, scene.me_id));
  }
}

/** Who has won: a team with the score, where there are teams; else whoever leads. Pure. */
export function titleOf({ description, team_scores, match, players, me_id }: Scene, standings: readonly Standing[]): string {
  if (description.teams.length > 0) {
    const team = description.teams[(match?.winner ?? 0) - 1];
    return `${team === undefined ? "A draw" : `${team.name} wins`} ${team_scores.join(" : ")}`;
  }
  const winner = players.get(standings[0]?.player ?? 0);
  return winner === undefined ? "Match over" : winner.id === me_id ? "You win" : `${winner.name} wins`;
}

function told(standings: readonly Standing[], me_id: number): string {
  const place = placeIn(standings, me_id);
  const score = standings.find(({ player }) => player === me_id)?.score;
  return place === null ? "" : `You finished ${ordinal(place)} of ${standings.length} with ${score} points`;
}

function step({ player, score }: Standing, place: number, scene: Scene): HTMLElement {
  const info = scene.players.get(player);
  const made = element(
    "li", `podium-step place-${place}`,
    element("span", "podium-name", info?.name ?? "(left)"),
    element("span", "podium-score", String(score)),
    element("span", "podium-block", String(place)),
  );
  made.style.setProperty("--chip", css(liveryOf(scene, player).colour));
  return made;
}
