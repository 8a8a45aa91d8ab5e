/**
 * The opening screen: the game's name, yours, and one button.
 */

import type { LinkState } from "@ricochet/sdk";
import { linkSentence } from "./hud/banner";
import { element, show, write } from "./hud/dom";
import { KEYS, TOUCHES, hintList } from "./hud/hint";
import { Backdrop } from "./menu/backdrop";
import { NAME_LENGTH_MAX, cleanName } from "./names";
import { settings } from "./settings";

export class Menu {
  readonly root: HTMLElement;
  private readonly backdrop = new Backdrop();
  private readonly field = element("input", "name-field");
  private readonly button = element("button", "button button-play", "Play");
  private readonly note = element("p", "menu-note");

  constructor(play: (name: string) => void) {
    this.field.value = settings.name;
    this.field.maxLength = 2 * NAME_LENGTH_MAX; // counts UTF-16 units; `cleanName` counts characters
    this.field.placeholder = "Your name";
    this.field.setAttribute("autocomplete", "nickname");
    this.field.spellcheck = false;
    this.field.setAttribute("aria-label", "Your name");
    this.note.setAttribute("role", "status");

    const form = element("form", "menu-form", this.field, this.button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(play);
    });
    this.root = element(
      "main", "menu", this.backdrop.canvas,
      element(
        "div", "menu-card", title(),
        element("p", "tagline", "Every bounce hits harder."),
        form, this.note, hintList(KEYS, "keys"), hintList(TOUCHES, "touches"),
      ),
    );
  }

  /** Shows or hides the screen; hidden, it costs nothing. */
  set shown(shown: boolean) {
    show(this.root, shown);
    this.button.disabled = false;
    if (shown) this.backdrop.start();
    else this.backdrop.stop();
    // The browser takes the focus off what is hidden only with its next frame; keys pressed until then would be typed.
    if (!shown) this.field.blur();
    // Where there is no mouse, the focus would raise a keyboard over half of the picture.
    if (shown && matchMedia("(hover: hover)").matches) this.field.focus({ preventScroll: true });
  }

  /** How joining goes, while it goes on. */
  showLink(link: LinkState): void {
    this.button.disabled = link.state === "connecting";
    this.say(linkSentence(link));
  }

  /** One sentence under the button; "" for none. */
  private say(sentence: string): void {
    write(this.note, sentence);
  }

  private submit(play: (name: string) => void): void {
    const name = cleanName(this.field.value);
    this.field.value = name;
    if (name === "") {
      this.say("Choose a name first.");
      this.field.focus();
      return;
    }
    settings.name = name;
    this.showLink({ state: "connecting", reason: "", retry_in_s: 0 });
    play(name);
  }
}

function title(): HTMLElement {
  const letters = [..."RICOCHET"].map((letter) => element("span", "", letter));
  for (const letter of letters) letter.setAttribute("aria-hidden", "true");
  const heading = element("h1", "title", ...letters);
  heading.setAttribute("aria-label", "Ricochet");
  return heading;
}
