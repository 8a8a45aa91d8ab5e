/**
 * One room in the list: its arena in small, what is played there, who is there, and the two ways in.
 *
 * Made once and then kept up to date, so that the focus stays where it is while the numbers change.
 */

import { element, show, style, write } from "../hud/dom";
import type { GameInfo, RoomInfo } from "@ricochet/sdk";
import { company, hasFewPlaces, isFull, playedThere, titleOf } from "./rooms";
import { Thumbnail } from "./thumbnail";

export class RoomCard {
  readonly root: HTMLLIElement;
  readonly #thumbnail = new Thumbnail();
  readonly #title = element("h3", "room-title");
  readonly #game = element("p", "room-game");
  readonly #company = element("p", "room-company");
  readonly #share = element("div", "room-share", element("div", "room-share-fill"));
  readonly #places = element("div", "room-places");
  readonly #number = element("span", "room-number");
  readonly #join = element("button", "button button-small", "Join");
  readonly #watch = element("button", "button button-small button-quiet", "Watch");

  constructor(onEnter: (role: "player" | "spectator") => void) {
    for (const button of [this.#join, this.#watch]) button.type = "button";
    this.#join.addEventListener("click", () => onEnter("player"));
    this.#watch.addEventListener("click", () => onEnter("spectator"));
    this.#share.setAttribute("aria-hidden", "true");
    this.#places.append(this.#number, this.#share);
    const words = element("div", "room-words", this.#title, this.#game, this.#company);
    const seats = element("div", "room-seats", this.#places);
    const ways = element("div", "room-ways", this.#join, this.#watch);
    this.root = element("li", "room", this.#thumbnail.root, words, seats, ways);
  }

  show(room: RoomInfo, games: readonly GameInfo[]): void {
    const full = isFull(room);
    const title = titleOf(room);
    this.#thumbnail.show(room.arena);
    write(this.#title, title);
    write(this.#game, playedThere(room, games));
    write(this.#company, company(room));
    show(this.#places, hasFewPlaces(room));
    write(this.#number, `${room.players} / ${room.players_max}`);
    style(this.#share, "--share", Math.min(1, room.players / Math.max(1, room.players_max)).toFixed(3));
    write(this.#join, full ? "Full" : "Join");
    if (this.#join.disabled !== full) this.#join.disabled = full;
    name(this.#join, full ? `${title} is full` : `Join ${title}`);
    name(this.#watch, `Watch ${title}`);
  }
}

function name(button: HTMLButtonElement, label: string): void {
  if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
}
