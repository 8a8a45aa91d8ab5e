/**
 * The rooms, the best first. A card stays the same element for as long as its room is listed; only its place changes.
 */

import { element, show, write } from "../hud/dom";
import type { GameInfo, RoomInfo } from "@ricochet/sdk";
import { RoomCard } from "./room_card";
import { arranged } from "./rooms";

/** More than this nobody reads; whoever has the link of another finds it all the same. */
const SHOWN_MAX = 60;

export class RoomList {
  readonly root: HTMLElement;
  readonly #list = element("ul", "rooms");
  readonly #empty = element("p", "rooms-empty");
  readonly #cards = new Map<string, RoomCard>();
  readonly #onEnter: (room: string, role: "player" | "spectator") => void;

  constructor(onEnter: (room: string, role: "player" | "spectator") => void) {
    this.#onEnter = onEnter;
    this.root = element("div", "rooms-frame", this.#list, this.#empty);
  }

  show(rooms: readonly RoomInfo[], games: readonly GameInfo[], game: string | null): void {
    const shown = arranged(rooms, game).slice(0, SHOWN_MAX);
    const names = new Set(shown.map(({ name }) => name));
    for (const [name, card] of this.#cards) {
      if (names.has(name)) continue;
      card.root.remove();
      this.#cards.delete(name);
    }
    shown.forEach((room, place) => {
      const card = this.#cardOf(room.name);
      card.show(room, games);
      this.#put(card.root, place);
    });
    show(this.#empty, shown.length === 0);
    write(this.#empty, game === null ? "No room is open. Open one!" : "Nobody plays this right now. Open a room!");
  }

  #cardOf(room: string): RoomCard {
    let card = this.#cards.get(room);
    if (!card) {
      card = new RoomCard((role) => this.#onEnter(room, role));
      this.#cards.set(room, card);
    }
    return card;
  }

  /** Moving an element takes the focus from what is in it, so none is moved that is in place; and it is given back. */
  #put(root: HTMLElement, place: number): void {
    if (this.#list.children[place] === root) return;
    const focused = root.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    this.#list.insertBefore(root, this.#list.children[place] ?? null);
    focused?.focus({ preventScroll: true });
  }
}
