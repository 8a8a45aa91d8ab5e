/**
 * How the teams stand, along the top: two of them either side of the clock, more of them in a row beneath it.
 */

import type { Description, Scene } from "@ricochet/sdk";
import { css } from "../render/palette";
import { teamColour } from "../render/layers";
import { element, mark, show, style, write } from "./dom";

export class TeamScore {
  readonly root = element("section", "teams");
  private scores: readonly HTMLElement[] = [];
  private sides: readonly HTMLElement[] = [];

  constructor() {
    this.root.setAttribute("aria-label", "Score of the teams");
    show(this.root, false);
  }

  enter(description: Description): void {
    this.scores = description.teams.map(() => element("b", "team-points", "0"));
    this.sides = description.teams.map(({ name }, at) => {
      const side = element("div", "team", element("span", "team-name", name), this.scores[at]!);
      style(side, "--team", css(teamColour(description, at + 1)));
      return side;
    });
    mark(this.root, "two", description.teams.length === 2);
    this.root.replaceChildren(...this.sides);
    show(this.root, description.teams.length > 0);
  }

  draw({ team_scores, players, me_id }: Scene): void {
    const mine = players.get(me_id)?.team ?? 0;
    this.scores.forEach((score, at) => write(score, String(team_scores[at] ?? 0)));
    this.sides.forEach((side, at) => {
      mark(side, "mine", at + 1 === mine);
      side.title = at + 1 === mine ? "Your team" : "";
    });
  }
}
