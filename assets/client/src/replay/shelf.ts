/**
 * What there is to watch: the server's replays, and whatever file somebody has. Shown while nothing is played.
 *
 * Names are other people's text and are shown as text only.
 */

import { element } from "../hud/dom";
import { masthead } from "../masthead";
import { minutes } from "./transport";

/** One of `GET /api/replays`. */
export interface Listed {
  id: string;
  room: string;
  game: string;
  arena: string;
  recorded_s: number;
  seconds: number;
  bytes: number;
  standings: readonly { name: string; place: number }[];
}

export class Shelf {
  readonly root: HTMLElement;
  private readonly list = element("ol", "shelf-list");
  private readonly note = element("p", "shelf-note", "Looking for recorded matches…");

  constructor(opened: (file: File) => void) {
    const picker = element("input", "sr-only");
    Object.assign(picker, { type: "file", accept: ".replay", id: "replay-file" });
    picker.addEventListener("change", () => {
      const [file] = picker.files ?? [];
      if (file) opened(file);
      picker.value = ""; // so that the same can be chosen again
    });
    const label = element("label", "button shelf-open", "Open a file…");
    label.htmlFor = picker.id;
    this.note.setAttribute("role", "status");
    const own = element("div", "shelf-own", element("span", "shelf-hint", "A file of your own can be dropped here."), picker, label);
    const heading = element("div", "shelf-head", element("h1", "", "Replays"), own);
    this.root = element("div", "shelf", masthead("/replay"), element("main", "", heading, this.note, this.list));
  }

  /** A sentence above the list. */
  say(sentence: string): void {
    this.note.textContent = sentence;
    this.note.hidden = sentence === "";
  }

  show(replays: readonly Listed[]): void {
    this.list.replaceChildren(...replays.map(lineOf));
  }
}

function lineOf({ id, room, game, arena, recorded_s, seconds, standings }: Listed): HTMLElement {
  const link = element("a", "shelf-link", `${game} in ${arena}`); // the whole line leads there
  link.href = `?id=${encodeURIComponent(id)}`;
  const when = new Date(1000 * recorded_s).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const best = standings.filter(({ place }) => place === 1).map(({ name }) => name);
  const won = best.length === 0 ? "broken off" : `won by ${best.slice(0, 3).join(", ")}`;
  return element("li", "shelf-line", link, element("span", "shelf-detail", `${when} · ${room} · ${minutes(seconds)} · ${won}`));
}
