/**
 * A new room: what it is called, what is played where, and whether everybody sees it or only who has its link. Where one
 * builds, what one has built and not saved is offered first.
 */

import { element, show, write } from "../hud/dom";
import type { GameInfo, Open } from "@ricochet/sdk";
import { arenaOfDraft, type DraftInfo, type Library } from "../build/library";
import { when } from "../build/when";
import { capitalised, teamsOf } from "./rooms";

/** As the server has it. */
export const TITLE_LENGTH_MAX = 40;
/** The game in which one builds. */
const BUILD = "build";

export class CreateDialog {
  readonly root = element("dialog", "dialog panel");
  readonly #title = element("input", "field");
  readonly #game = element("select", "field");
  readonly #arena = element("select", "field");
  readonly #private = element("input", "");
  readonly #teams = element("p", "dialog-note");
  readonly #onOpen: (wish: Open) => void;
  readonly #library: Library;
  readonly #kept = element("p", "dialog-note", "You have built something that isn’t saved: go on with it, or choose another arena.");
  #games: readonly GameInfo[] = [];
  #drafts: readonly DraftInfo[] = [];
  /** The arena, oneself. */
  #has_chosen = false;

  constructor(library: Library, onOpen: (wish: Open) => void) {
    this.#library = library;
    this.#onOpen = onOpen;
    this.#title.maxLength = TITLE_LENGTH_MAX;
    this.#title.autocomplete = "off";
    this.#private.type = "checkbox";
    this.#game.addEventListener("change", () => this.#offerArenas());
    this.#arena.addEventListener("change", () => (this.#has_chosen = true));
    const heading = element("h2", "dialog-title", "New room");
    heading.id = "create-heading";
    this.root.setAttribute("aria-labelledby", heading.id);
    const form = element(
      "form", "dialog-form", heading,
      labelled("Its name", this.#title), labelled("Game", this.#game), this.#teams, labelled("Arena", this.#arena), this.#kept,
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
    this.#has_chosen = false;
    if (game !== null) this.#game.value = game;
    this.#offerArenas();
    this.#title.value = `${name}’s room`;
    this.root.showModal();
    this.#title.select();
    this.#library.drafts().then(
      (drafts) => {
        this.#drafts = drafts;
        this.#offerArenas();
      },
      () => undefined, // there are the arenas
    );
  }

  #offerArenas(): void {
    const offer = this.#games.find(({ name }) => name === this.#game.value);
    const drafts = offer?.name === BUILD ? this.#drafts.map((draft) => [arenaOfDraft(draft), `Not saved: ${draft.title}, ${when(draft.saved_s)}`] as const) : [];
    fill(this.#arena, [...drafts, ...(offer?.arenas ?? []).map((arena) => [arena, capitalised(arena)] as const)]);
    if (drafts[0] && !this.#has_chosen) this.#arena.value = drafts[0][0];
    show(this.#kept, drafts.length > 0);
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
