/**
 * The small menu over the game: which room this is, its link, and the way back to the lobby. Esc opens and closes it, and the
 * game goes on meanwhile.
 */

import { element, show, write } from "../hud/dom";
import type { Stay, Wish } from "@ricochet/sdk";
import { isOutOfPlay } from "../controls/out_of_play";
import { NAME_LENGTH_MAX, cleanName } from "../names";
import { settings } from "../settings";
import { linkTo } from "./links";
import { capitalised } from "./rooms";

const COPIED_MS = 2500;

export class RoomMenu {
  readonly root = element("dialog", "dialog panel room-menu");
  readonly #title = element("h2", "dialog-title");
  readonly #what = element("p", "dialog-note");
  readonly #link = element("input", "field");
  readonly #copy = element("button", "button button-small", "Copy link");
  readonly #copied = element("p", "dialog-note");
  readonly #name = element("input", "field");
  readonly #resume = menuButton("Back to the game", "button-primary");
  readonly #swap = menuButton("Watch instead", "button-quiet");
  readonly #leave = menuButton("Leave to the lobby", "button-quiet");
  readonly #killcam = element("input", "");
  readonly #starts = element("label", "check", this.#killcam, element("span", "", "Killcam starts by itself (K shows it any time)"));
  #stay: Stay | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(go: (wish: Wish) => void, rename: (name: string) => void) {
    this.#title.id = "room-menu-title";
    this.root.setAttribute("aria-labelledby", this.#title.id);
    this.#link.readOnly = true;
    this.#link.setAttribute("aria-label", "Link to this room");
    this.#copy.type = "button";
    this.#copied.setAttribute("role", "status");
    this.#killcam.type = "checkbox";
    this.#killcam.addEventListener("change", () => {
      settings.killcam = this.#killcam.checked;
    });
    this.#link.addEventListener("focus", () => this.#link.select());
    this.#copy.addEventListener("click", () => void this.#copyLink());
    this.#resume.addEventListener("click", () => this.root.close());
    this.#swap.addEventListener("click", () => {
      this.root.close();
      if (this.#stay) go({ type: "enter", room: this.#stay.room, role: other(this.#stay.role), game: null });
    });
    this.#leave.addEventListener("click", () => {
      this.root.close();
      go({ type: "browse" });
    });
    const invite = element("div", "invite", this.#link, this.#copy);
    this.root.append(this.#title, this.#what, invite, this.#nameForm(rename), this.#copied, this.#starts, this.#resume, this.#swap, this.#leave);
    window.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#stay === null || isOutOfPlay(event.target)) return;
      event.preventDefault(); // else the dialog that it opens is closed by it
      this.open();
    });
    this.root.addEventListener("click", (event) => {
      if (event.target === this.root) this.root.close();
    });
  }

  /** One is in this room now. */
  enter(stay: Stay, title: string): void {
    this.root.close();
    this.#stay = stay;
    write(this.#title, title);
    write(this.#what, `${capitalised(stay.game)} in ${capitalised(stay.arena.name)}`);
    write(this.#swap, stay.role === "player" ? "Watch instead" : "Play along");
    show(this.#starts, stay.role === "player" && (stay.description?.kills ?? []).length > 0);
    this.#link.value = linkTo(stay.room, location);
    this.say("");
  }

  /** One is in none. */
  leave(): void {
    this.root.close();
    this.#stay = null;
  }

  open(): void {
    if (this.#stay === null || this.root.open) return;
    this.#killcam.checked = settings.killcam;
    this.#name.value = settings.name;
    this.root.showModal();
    this.#resume.focus();
  }

  /** Opens it with the link at hand: this room is found by it alone. */
  invite(): void {
    this.open();
    this.say("Nobody sees this room in the lobby: send its link to whom you want here.");
    this.#copy.focus();
  }

  #nameForm(rename: (name: string) => void): HTMLFormElement {
    this.#name.maxLength = 2 * NAME_LENGTH_MAX; // counts UTF-16 units; `cleanName` counts characters
    this.#name.setAttribute("aria-label", "New name");
    this.#name.setAttribute("autocomplete", "nickname");
    this.#name.spellcheck = false;
    const form = element("form", "invite", this.#name, element("button", "button button-small", "Rename"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = (this.#name.value = cleanName(this.#name.value));
      if (name === "") {
        this.say("Choose a name first.");
        return;
      }
      settings.name = name;
      this.say(`You are called ${name} now.`);
      rename(name);
    });
    return form;
  }

  async #copyLink(): Promise<void> {
    const done = await copied(this.#link);
    this.say(done ? "Copied. Send it to a friend." : "Press Ctrl+C to copy it.");
    this.#timer = setTimeout(() => this.say(""), COPIED_MS);
  }

  /** One sentence in the menu; "" for none. */
  say(sentence: string): void {
    clearTimeout(this.#timer);
    show(this.#copied, sentence !== "");
    write(this.#copied, sentence);
  }
}

function menuButton(text: string, className: string): HTMLButtonElement {
  return Object.assign(element("button", `button ${className}`, text), { type: "button" });
}

function other(role: string): "player" | "spectator" {
  return role === "player" ? "spectator" : "player";
}

/** The clipboard is there for pages that came over https, and from this machine; elsewhere an older way may do. */
async function copied(field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return false;
  }
}
