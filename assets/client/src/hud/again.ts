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
  /** Where it is played; "": none is known. */
  address = "";
  #url = "";
  #plays = false;

  /** One is in another room, by a connection to `url`. */
  enter(url: string): void {
    this.address = "";
    this.#url = url;
    this.#plays = false;
  }

  event({ name, body }: GameEvent): void {
    if (name === "match") {
      this.#plays = textIn(body, "phase") === "play";
      if (this.#plays) this.address = "";
    } else if (name === "recorded" && !this.#plays) this.address = addressOf(textIn(body, "replay"), this.#url);
  }
}

/** Where a replay is played that the server at `url` has: not each process has those of the others. Pure. */
export function addressOf(id: string, url: string): string {
  return id === "" ? "" : new URL(`replay?id=${encodeURIComponent(id)}`, url.replace(/^ws/, "http")).href;
}

export class Again {
  readonly root = element("p", "rewatch");
  readonly #link = element("a", "button rewatch-link", "Watch it again");
  #address = "";

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

  /** Where it leads from now on; "": nowhere. */
  offer(address: string): void {
    if (this.#address === address) return;
    this.#address = address;
    this.#link.href = address;
    show(this.#link, address !== "");
  }

  /** Whether it led anywhere. */
  follow(): boolean {
    if (this.#address === "") return false;
    this.#link.click();
    return true;
  }
}
