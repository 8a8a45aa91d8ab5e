/**
 * The end of a match: three on the podium, one's own place, when the next match starts, and the way to its replay.
 */

import type { Scene, Standing } from "@ricochet/sdk";
import { headline } from "../lobby/outcome";
import { counted } from "../lobby/rooms";
import { liveryOf, teamColour } from "../render/layers";
import { css } from "../render/palette";
import { Again } from "./again";
import { element, mark, show, write } from "./dom";
import { ordinal, placeIn, secondsLeft } from "./standings";

/** Leads to the replay. */
export const AGAIN_KEY = "P";

/** A title that is longer is written smaller. */
const LINE_CHARS = 18;

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
    this.next.setAttribute("aria-live", "off"); // else a screen reader would count the seconds
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
    const title = titleOf(scene, standings);
    write(this.title, title);
    mark(this.title, "long", [...title].length > LINE_CHARS);
    const { teams } = scene.description;
    this.title.style.color = teams.length > 0 ? css(teamColour(scene.description, scene.match?.winner ?? 0)) : "";
    this.steps.replaceChildren(...standings.slice(0, 3).map((_, index) => step(standings, index, scene)));
    write(this.own, ownWords(standings, scene.me_id));
  }
}

/** Who has won: a team with the score, where there are teams; else whoever leads, or who share the lead. Pure. */
export function titleOf({ description, team_scores, match, players, me_id }: Scene, standings: readonly Standing[]): string {
  if (description.teams.length > 0) {
    const team = description.teams[(match?.winner ?? 0) - 1];
    return `${team === undefined ? "A draw" : `${team.name} wins`} ${team_scores.join(" : ")}`;
  }
  const first = standings.filter(({ player }) => placeIn(standings, player) === 1);
  if (first.length > 1) {
    return headline({ room: "", game: "", standings: first.map(({ player, score }) => ({ name: nameOf(players, player), team: 0, score })) });
  }
  const winner = players.get(first[0]?.player ?? 0);
  return winner === undefined ? "Match over" : winner.id === me_id ? "You win" : `${winner.name} wins`;
}

/** How one has done oneself; "" for who wasn't there. Pure. */
export function ownWords(standings: readonly Standing[], me_id: number): string {
  const place = placeIn(standings, me_id);
  const score = standings.find(({ player }) => player === me_id)?.score;
  return place === null ? "" : `You finished ${ordinal(place)} of ${standings.length} with ${counted(score ?? 0, "point", "points")}`;
}

/** Equal scores share a place, each on a step of their own. */
function step(standings: readonly Standing[], index: number, scene: Scene): HTMLElement {
  const { player, score } = standings[index]!;
  const made = element(
    "li", `podium-step place-${index + 1}`,
    element("span", "podium-name", nameOf(scene.players, player)),
    element("span", "podium-score", String(score)),
    element("span", "podium-block", String(placeIn(standings, player))),
  );
  made.style.setProperty("--chip", css(liveryOf(scene, player).colour));
  return made;
}

function nameOf(players: Scene["players"], player: number): string {
  return players.get(player)?.name ?? "(left)";
}
