/**
 * One's name, the big button, and the sentence beneath: how it goes, or why it doesn't, and then a button with what may help.
 *
 * The name is remembered; whoever has been here before opens the page and presses Enter.
 */

import { linkSentence, spokenLink, wayOn } from "../hud/banner";
import { element, mark, show, write } from "../hud/dom";
import { NAME_LENGTH_MAX, cleanName } from "../names";
import type { LinkState } from "@ricochet/sdk";
import { settings } from "../settings";

const NAMELESS = "Choose a name first.";

export class JoinForm {
  readonly root: HTMLFormElement;
  readonly #field = element("input", "field name-field");
  readonly #button = element("button", "button button-play", "Play");
  readonly #note = element("p", "menu-note");
  readonly #again = element("button", "button button-small", "Try again");
  /** What is heard of the connection, whose seconds are counted down in the note. */
  readonly #spoken = element("p", "sr-only");
  /** What is said when the connection has nothing to say. */
  #words = "";
  #link = "";

  constructor(onPlay: () => void, onName: (name: string) => void, onAgain: () => void, choice: HTMLElement) {
    this.#field.value = settings.name;
    this.#field.maxLength = 2 * NAME_LENGTH_MAX; // counts UTF-16 units; `cleanName` counts characters
    this.#field.placeholder = "Your name";
    this.#field.setAttribute("autocomplete", "nickname");
    this.#field.spellcheck = false;
    this.#field.setAttribute("aria-label", "Your name");
    for (const said of [this.#note, this.#spoken]) said.setAttribute("role", "status");
    this.#again.type = "button";
    this.#again.addEventListener("click", onAgain);
    show(this.#again, false);
    this.root = element("form", "menu-form", this.#field, this.#button, choice, this.#note, this.#spoken, this.#again);
    this.#field.addEventListener("change", () => {
      if (cleanName(this.#field.value) !== "") onName(this.takeName());
    });
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      onPlay();
    });
    this.#show();
  }

  /** The name, remembered from now on; "" and a sentence when there is none. */
  takeName(): string {
    const name = cleanName(this.#field.value);
    this.#field.value = name;
    if (name === "") {
      this.say(NAMELESS);
      this.#field.focus();
    } else {
      if (this.#words === NAMELESS) this.say("");
      settings.name = name;
    }
    return name;
  }

  /** One is called so, wherever the name came from. */
  set name(name: string) {
    if (this.#field.value === "") this.#field.value = name;
  }

  /** One sentence; "" for none. */
  say(sentence: string): void {
    this.#words = sentence;
    this.#show();
  }

  showLink(link: LinkState): void {
    mark(this.#button, "busy", link.state === "moving"); // not disabled: it would lose the focus
    this.#link = linkSentence(link);
    write(this.#spoken, spokenLink(link));
    write(this.#again, wayOn(link));
    show(this.#again, link.state === "refused");
    this.#show();
  }

  /** With a name the next thing is to play; without one, to have one. Where there is no mouse, a focus would raise a keyboard. */
  focus(): void {
    if (this.#field.value !== "") this.#button.focus({ preventScroll: true });
    else if (matchMedia("(hover: hover)").matches) this.#field.focus({ preventScroll: true });
  }

  /** The browser takes the focus off what is hidden only with its next frame; keys pressed until then would be typed. */
  blur(): void {
    if (this.root.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
  }

  #show(): void {
    const hidden = String(this.#link !== "");
    if (this.#note.ariaHidden !== hidden) this.#note.ariaHidden = hidden;
    write(this.#note, this.#link || this.#words);
  }
}
