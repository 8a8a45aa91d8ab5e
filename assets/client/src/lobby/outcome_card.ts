/**
 * How the room ended that one has come back from: the podium, in the lobby, until one plays again or closes it.
 */

import { Again } from "../hud/again";
import { element, mark, show, write } from "../hud/dom";
import type { PodiumInfo } from "@ricochet/sdk";
import { STEPS, type Step, headline, steps } from "./outcome";
import { capitalised } from "./rooms";

/** Of those below the podium, so many are named. */
const REST_MAX = 5;

export class OutcomeCard {
  readonly root: HTMLElement;
  readonly #title = element("h2", "outcome-title");
  readonly #where = element("p", "outcome-where");
  readonly #steps = element("ol", "podium-steps");
  readonly #rest = element("ol", "outcome-rest");
  readonly #again = new Again();

  constructor() {
    const close = element("button", "icon-button outcome-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Close the result");
    close.addEventListener("click", () => this.hide());
    this.root = element("section", "outcome panel", this.#title, this.#where, this.#again.root, this.#steps, this.#rest, close);
    this.root.setAttribute("aria-label", "Result");
    this.root.setAttribute("aria-live", "polite");
    show(this.root, false);
  }

  hide(): void {
    show(this.root, false);
  }

  /** `title`: what people call the room. `replay`: where its last match is played again; "": none is known. */
  show(outcome: PodiumInfo, title: string, me: string, replay: string): void {
    show(this.root, true);
    this.#again.offer(replay);
    const placed = steps(outcome);
    write(this.#title, headline(outcome));
    write(this.#where, `${capitalised(outcome.game)} in ${title || outcome.room} is over`);
    this.#steps.replaceChildren(...placed.slice(0, STEPS).map((step, index) => stepOf(step, index + 1, me)));
    this.#rest.replaceChildren(...placed.slice(STEPS, STEPS + REST_MAX).map((step) => lineOf(step, me)));
  }
}

function stepOf({ name, score, team, place }: Step, height: number, me: string): HTMLElement {
  const made = element(
    "li", `podium-step place-${height} team-${team}`,
    element("span", "podium-name", name),
    element("span", "podium-score", String(score)),
    element("span", "podium-block", String(place)),
  );
  mark(made, "mine", name === me);
  return made;
}

function lineOf({ name, score, team, place }: Step, me: string): HTMLElement {
  const made = element("li", `outcome-line team-${team}`, element("span", "place", String(place)), element("span", "", name), element("b", "", String(score)));
  mark(made, "mine", name === me);
  return made;
}
