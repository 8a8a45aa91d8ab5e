/**
 * Which game to play, where the server has several: any of them, unless one is chosen. Radio buttons that look like tabs.
 */

import { element, show } from "../hud/dom";
import type { GameInfo } from "@ricochet/sdk";

export class GameChoice {
  readonly root = element("fieldset", "game-choice", element("legend", "sr-only", "Which game"));
  readonly #onChange: () => void;
  #offered = "";
  #chosen: string | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    show(this.root, false);
  }

  /** null: any. */
  get game(): string | null {
    return this.#chosen;
  }

  offer(games: readonly GameInfo[]): void {
    const offered = games.map(({ name, title }) => `${name} ${title}`).join("\n");
    if (offered === this.#offered) return;
    this.#offered = offered;
    if (!games.some(({ name }) => name === this.#chosen)) this.#chosen = null;
    const legend = this.root.firstElementChild!;
    this.root.replaceChildren(legend, this.#option(null, "Any game"), ...games.map(({ name, title }) => this.#option(name, title)));
    show(this.root, games.length > 1);
  }

  #option(game: string | null, title: string): HTMLElement {
    const input = element("input", "");
    Object.assign(input, { type: "radio", name: "game", value: game ?? "", checked: game === this.#chosen });
    input.addEventListener("change", () => {
      this.#chosen = game;
      this.#onChange();
    });
    return element("label", "chip-choice", input, element("span", "", title));
  }
}
