/**
 * The scoreboard: shown while Tab is held, or for as long as its button says.
 */

import type { Scene } from "@ricochet/sdk";
import { css, livery } from "../render/palette";
import { element, mark, show } from "./dom";
import { type Placed, placed } from "./standings";

const ROWS_MAX = 16;
const COLUMNS = ["", "Player", "Score", "Kills", "Deaths", "Ping"] as const;
const REDRAW_S = 0.25;

export class Scoreboard {
  readonly root: HTMLElement;
  private readonly rows = element("tbody", "");
  private readonly rest = element("p", "board-rest");
  private held = false;
  private pinned = false;
  private drawn_s = -1;

  constructor() {
    const head = element("tr", "", ...COLUMNS.map((column) => element("th", "", column)));
    const table = element("table", "board-table", element("thead", "", head), this.rows);
    this.root = element("section", "board panel", element("h2", "", "Scoreboard"), table, this.rest);
    this.root.setAttribute("aria-label", "Scoreboard");
    show(this.root, false);
  }

  hold(held: boolean): void {
    this.held = held;
  }

  toggle(): void {
    this.pinned = !this.pinned;
  }

  draw(scene: Scene): void {
    const shown = (this.held || this.pinned) && scene.match?.phase !== "podium";
    const opened = shown && this.root.hidden;
    show(this.root, shown);
    if (!shown || (!opened && scene.time_s - this.drawn_s < REDRAW_S)) return;
    this.drawn_s = scene.time_s;
    const order = placed(scene.players);
    const mine = order.findIndex(({ player }) => player.id === scene.me_id);
    const top = order.slice(0, ROWS_MAX);
    if (mine >= ROWS_MAX) top[ROWS_MAX - 1] = order[mine] as Placed;
    this.rows.replaceChildren(...top.map((one) => row(one, scene)));
    const more = order.length - top.length;
    this.rest.textContent = more > 0 ? `and ${more} more` : "";
  }
}

function row({ player, place }: Placed, scene: Scene): HTMLElement {
  const name = element("div", "board-name", element("i", "chip"), element("span", "", player.name));
  if (player.bot) name.append(element("small", "bot", "bot"));
  name.style.setProperty("--chip", css(livery(player.colour).colour));
  mark(name, `hull-${livery(player.colour).hull}`, true);
  const made = element(
    "tr", "",
    element("td", "place", String(place)),
    element("td", "", name),
    ...[player.score, player.kills, player.deaths].map((value) => element("td", "number", String(value))),
    element("td", "number faint", player.bot ? "–" : `${Math.round(player.ping_ms)} ms`),
  );
  mark(made, "mine", player.id === scene.me_id);
  return made;
}
