/**
 * What the page opens on: the game's name and yours, one big button, and the rooms.
 *
 * It says what is wished for and shows what it is told; where one is, the connection knows.
 */

import "./lobby.css";

import type { Library } from "../build/library";
import { ChatPanel } from "../chat/panel";
import { element, show, write } from "../hud/dom";
import { hintLists } from "../hud/hint";
import { Backdrop } from "../menu/backdrop";
import type { LinkState, LobbyNews, Wish, Wishes } from "@ricochet/sdk";
import { settings } from "../settings";
import { CreateDialog } from "./create_dialog";
import { GameChoice } from "./game_choice";
import { JoinForm } from "./join_form";
import { whyHere } from "./outcome";
import { OutcomeCard } from "./outcome_card";
import { RoomList } from "./room_list";
import { count, likelyGame } from "./rooms";

const JOINING = "Joining …";

export class LobbyPage {
  readonly root: HTMLElement;
  readonly chat: ChatPanel;
  readonly #backdrop = new Backdrop();
  readonly #choice = new GameChoice(() => this.#list());
  readonly #form: JoinForm;
  readonly #count = element("p", "rooms-count");
  readonly #rooms: RoomList;
  readonly #create: CreateDialog;
  readonly #outcome = new OutcomeCard();
  readonly #hints = element("div", "lobby-keys");
  /** Whose controls are hinted at. */
  #hinted = "";
  readonly #new = element("button", "button button-small", "New room");
  readonly #wishes: Pick<Wishes, "go">;
  #news: LobbyNews | null = null;
  /** What was last asked for here. */
  #wish: Wish | null = null;
  /** What people call the room that one was in last. */
  #title = "";

  constructor(wishes: Pick<Wishes, "again" | "go" | "chat" | "rename">, library: Library) {
    this.#wishes = wishes;
    this.chat = new ChatPanel({ say: (to, text) => wishes.chat(to, text), stays: true });
    this.chat.setChannels(["lobby"]);
    this.#form = new JoinForm(() => this.#enter(null, "player"), (name) => wishes.rename(name), () => wishes.again(), this.#choice.root);
    this.#rooms = new RoomList((room, role) => this.#enter(room, role));
    this.#create = new CreateDialog(library, (wish) => this.#want(wish));
    this.#new.type = "button";
    this.#new.addEventListener("click", () => this.#askForRoom());
    const heading = element("h2", "", "Rooms");
    heading.id = "rooms-title";
    const listing = element("section", "lobby-rooms panel", element("header", "rooms-head", heading, this.#count, this.#new), this.#rooms.root);
    listing.setAttribute("aria-labelledby", heading.id);
    const welcome = element("section", "lobby-play", title(), element("p", "tagline", "Every bounce hits harder."), this.#form.root);
    welcome.setAttribute("aria-label", "Play");
    const chat = element("div", "lobby-chat", this.chat.root);
    const hints = element("div", "lobby-hints", this.#hints, elsewhere());
    this.root = element(
      "main", "menu", this.#backdrop.canvas,
      element("div", "lobby", welcome, element("div", "lobby-side", this.#outcome.root, listing), chat, hints),
      this.#create.root,
    );
    this.#list();
    show(this.root, false);
  }

  /** Shows or hides the page; hidden, it costs nothing. */
  set shown(shown: boolean) {
    const changed = this.root.hidden === shown;
    show(this.root, shown);
    if (!changed) return;
    if (shown) this.#backdrop.start();
    else this.#backdrop.stop();
    if (shown) {
      this.#form.focus();
    } else {
      this.#create.root.close();
      this.#form.blur();
      this.#form.say("");
    }
  }

  /**
   * How things stand in the lobby now; and, once, why one is here and how the room has ended that one comes from, whose last
   * match is to be seen at `replay`.
   */
  take(news: LobbyNews, replay = ""): void {
    this.#news = news;
    this.#choice.offer(news.games);
    this.#create.offer(news.games);
    if (news.podium !== null) this.#outcome.show(news.podium, this.#title, settings.name, replay);
    if (news.reason !== "") this.refuse(news.reason);
    this.#list();
  }

  /** Why one isn't where one wanted to be, or was; in one sentence. */
  refuse(sentence: string): void {
    this.#form.say(whyHere(sentence));
  }

  /** One is in a room of this title now: whether one has opened it for those alone who have its link. */
  entered(title: string): boolean {
    const wish = this.#wish;
    this.#wish = null;
    this.#title = title;
    return wish?.type === "open" && wish.private;
  }

  showLink(link: LinkState): void {
    this.#form.showLink(link);
    const here = link.state === "lobby" || link.state === "moving";
    this.root.classList.toggle("apart", !here);
    this.#new.disabled = !here || (this.#news?.games.length ?? 0) === 0;
    write(this.#count, this.#news === null ? "" : count(this.#news.people, this.#news.rooms.length, link.rtt_ms));
  }

  #list(): void {
    const { rooms, games } = this.#news ?? { rooms: [], games: [] };
    this.#rooms.show(rooms, games, this.#choice.game);
    const likely = likelyGame(rooms, games, this.#choice.game);
    if (likely === undefined || likely.name === this.#hinted) return;
    this.#hinted = likely.name;
    this.#hints.replaceChildren(...hintLists(likely.controls ?? []));
  }

  #enter(room: string | null, role: "player" | "spectator"): void {
    this.#want({ type: "enter", room, role, game: room === null ? this.#choice.game : null });
  }

  #want(wish: Wish): void {
    const name = this.#form.takeName();
    if (name === "") return;
    this.#wish = wish;
    this.#outcome.hide();
    this.#form.say(JOINING);
    this.#wishes.go(name, wish);
  }

  #askForRoom(): void {
    const name = this.#form.takeName();
    if (name !== "") this.#create.ask(name, this.#choice.game);
  }
}

function title(): HTMLElement {
  const letters = [..."RICOCHET"].map((letter) => element("span", "", letter));
  for (const letter of letters) letter.setAttribute("aria-hidden", "true");
  const heading = element("h1", "title", ...letters);
  heading.setAttribute("aria-label", "Ricochet");
  return heading;
}

/** The way to the other pages. */
function elsewhere(): HTMLElement {
  const pages = [["standings", "Standings"], ["replay", "Replays"], ["dashboard", "Dashboard"]] as const;
  const links = pages.map(([address, name]) => {
    const link = element("a", "", name);
    link.href = address;
    return link;
  });
  const nav = element("nav", "lobby-links", ...links);
  nav.setAttribute("aria-label", "Other pages");
  return nav;
}
