/**
 * A new room: what it is called, what is played where, and whether everybody sees it or only who has its link.
 */

import { element, show, write } from "../hud/dom";
import type { GameInfo, Open } from "@ricochet/sdk";
import { capitalised, teamsOf } from "./rooms";

/** As the server has it. */
export const TITLE_LENGTH_MAX = 40;

export class CreateDialog {
  readonly root = element("dialog", "dialog panel");
  readonly #title = element("input", "field");
  readonly #game = element("select", "field");
  readonly #arena = element("select", "field");
  readonly #private = element("input", "");
  readonly #teams = element("p", "dialog-note");
  readonly #onOpen: (wish: Open) => void;
  #games: readonly GameInfo[] = [];

  constructor(onOpen: (wish: Open) => void) {
    this.#onOpen = onOpen;
    this.#title.maxLength = TITLE_LENGTH_MAX;
    this.#title.autocomplete = "off";
    this.#private.type = "checkbox";
    this.#game.addEventListener("change", () => this.#offerArenas());
    const heading = element("h2", "dialog-title", "New room");
    heading.id = "create-heading";
    this.root.setAttribute("aria-labelledby", heading.id);
    const form = element(
      "form", "dialog-form", heading,
      labelled("Its name", this.#title), labelled("Game", this.#game), this.#teams, labelled("Arena", this.#arena),
      element("label", "check", this.#private, element("span", "", "Only who has the link comes in")),
      this.#buttons(),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#open();
    });
    this.root.append(form);
    // A click beside the dialog is one on the dialog itself.
    this.root.addEventListener("click", (event) => {
      if (event.target === this.root) this.root.close();
    });
  }

  offer(games: readonly GameInfo[]): void {
    if (JSON.stringify(games) === JSON.stringify(this.#games)) return;
    this.#games = games;
    fill(this.#game, games.map(({ name, title }) => [name, title]));
    this.#offerArenas();
  }

  /** `game` chosen already, `name` whoever opens it. */
  ask(name: string, game: string | null): void {
    if (game !== null) this.#game.value = game;
    this.#offerArenas();
    this.#title.value = `${name}’s room`;
    this.root.showModal();
    this.#title.select();
  }

  #offerArenas(): void {
    const offer = this.#games.find(({ name }) => name === this.#game.value);
    fill(this.#arena, (offer?.arenas ?? []).map((arena) => [arena, capitalised(arena)]));
    const teams = teamsOf(offer);
    show(this.#teams, teams !== "");
    write(this.#teams, `Played in ${teams}; whoever comes in joins the smaller one.`);
  }

  #open(): void {
    const title = this.#title.value.trim();
    if (title === "") {
      this.#title.focus();
      return;
    }
    this.root.close();
    this.#onOpen({ type: "open", title, game: this.#game.value, arena: this.#arena.value, private: this.#private.checked });
  }

  #buttons(): HTMLElement {
    const cancel = element("button", "button button-quiet", "Cancel");
    cancel.type = "button";
    cancel.addEventListener("click", () => this.root.close());
    return element("div", "dialog-buttons", cancel, element("button", "button button-primary", "Open it"));
  }
}

function labelled(text: string, field: HTMLElement): HTMLElement {
  field.id = `create-${text.toLowerCase().replaceAll(" ", "-")}`;
  const label = element("label", "", text);
  label.htmlFor = field.id;
  return element("div", "labelled", label, field);
}

/** What was chosen stays chosen, where it still can be. */
function fill(select: HTMLSelectElement, options: readonly (readonly [value: string, text: string])[]): void {
  const { value: before } = select;
  select.replaceChildren(...options.map(([value, text]) => Object.assign(element("option", "", text), { value })));
  if (options.some(([value]) => value === before)) select.value = before;
}
