/**
 * "Watch it again": the way to the replay of the match that has just ended, as soon as the room has been told of it.
 *
 * It opens beside the game, which goes on. Of what is told too late for its podium nothing is shown.
 */

import type { GameEvent } from "@ricochet/sdk";
import { textIn } from "./bodies";
import { element, show } from "./dom";

/** Which replay is that of the match that is over, by what has happened. Pure. */
export class LastReplay {
  /** "": none is known. */
  id = "";
  #plays = false;

  /** One is in another room. */
  enter(): void {
    this.id = "";
    this.#plays = false;
  }

  event({ name, body }: GameEvent): void {
    if (name === "match") {
      this.#plays = textIn(body, "phase") === "play";
      if (this.#plays) this.id = "";
    } else if (name === "recorded" && !this.#plays) this.id = textIn(body, "replay");
  }
}

/** Where a replay is played. Pure. */
export function addressOf(id: string): string {
  return `replay?id=${encodeURIComponent(id)}`;
}

export class Again {
  readonly root = element("p", "rewatch");
  readonly #link = element("a", "button rewatch-link", "Watch it again");
  #id = "";

  /** With a key that does the same, where the keyboard is the game's. */
  constructor(key = "") {
    this.#link.target = "_blank";
    this.#link.rel = "noopener";
    if (key !== "") {
      this.#link.title = `Watch it again (${key})`;
      this.#link.setAttribute("aria-keyshortcuts", key);
    }
    this.root.append(this.#link);
    show(this.#link, false);
  }

  /** The replay to which it leads from now on; "": to none. */
  offer(id: string): void {
    if (this.#id === id) return;
    this.#id = id;
    this.#link.href = addressOf(id);
    show(this.#link, id !== "");
  }

  /** Whether it led anywhere. */
  follow(): boolean {
    if (this.#id === "") return false;
    this.#link.click();
    return true;
  }
}
