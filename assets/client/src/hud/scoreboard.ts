/**
 * The scoreboard: shown while Tab is held, or for as long as its button says.
 */

import type { Description, Scene } from "@ricochet/sdk";
import { liveryOf, teamColour } from "../render/layers";
import { css } from "../render/palette";
import { element, mark, show, write } from "./dom";
import { type Placed, placed } from "./standings";

const ROWS_MAX = 16;
/** Of the window's height, above and beneath it together. */
const MARGIN_PX = 24;
const REDRAW_S = 0.25;

export class Scoreboard {
  readonly root: HTMLElement;
  private readonly head = element("tr", "");
  private readonly rows = element("tbody", "");
  private readonly room = element("p", "board-room");
  private readonly rest = element("p", "board-rest");
  private held = false;
  private pinned = false;
  private drawn_s = -1;

  constructor() {
    const table = element("table", "board-table", element("thead", "", this.head), this.rows);
    this.root = element("section", "board panel", element("h2", "", "Scoreboard"), this.room, table, this.rest);
    this.root.setAttribute("aria-label", "Scoreboard");
    show(this.root, false);
  }

  enter({ columns }: Description): void {
    const labels = ["", "Player", ...columns.map(({ label }) => label), "Ping"];
    this.head.replaceChildren(...labels.map((label) => element("th", "", label)));
    this.drawn_s = -1;
  }

  /** What people call the room. */
  call(title: string): void {
    write(this.room, title);
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
    const order = placed(scene.players, scene.description.columns);
    const rows = Math.min(order.length, ROWS_MAX);
    this.lay(order, rows, scene);
    const fitting = this.fitting(rows);
    if (fitting < rows) this.lay(order, fitting, scene);
  }

  /** The best, and oneself. */
  private lay(order: readonly Placed[], rows: number, scene: Scene): void {
    const mine = order.findIndex(({ player }) => player.id === scene.me_id);
    const top = order.slice(0, rows);
    if (mine >= rows) top[rows - 1] = order[mine] as Placed;
    this.rows.replaceChildren(...rowsOf(top, scene));
    const more = order.length - top.length;
    this.rest.textContent = more > 0 ? `and ${more} more` : "";
  }

  /** How many of the rows that are laid out the window holds, with a line for the rest. */
  private fitting(rows: number): number {
    const excess_px = this.root.offsetHeight - (window.innerHeight - MARGIN_PX);
    const row_px = this.rows.lastElementChild?.clientHeight ?? 0;
    if (excess_px <= 0 || row_px === 0) return rows;
    return Math.max(1, rows - Math.ceil((excess_px + row_px) / row_px));
  }
}

/** Everybody in order; where there are teams, team by team, each under its name. */
function rowsOf(placed: readonly Placed[], scene: Scene): HTMLElement[] {
  const { teams } = scene.description;
  if (teams.length === 0) return placed.map((one) => row(one, scene));
  return teams.flatMap((team, at) => {
    const theirs = placed.filter(({ player }) => player.team === at + 1);
    return [teamRow(team.name, at + 1, scene), ...theirs.map((one) => row(one, scene))];
  });
}

function teamRow(name: string, team: number, { description, team_scores }: Scene): HTMLElement {
  const head = element("th", "", `${name} · ${team_scores[team - 1] ?? 0}`);
  head.colSpan = description.columns.length + 3;
  head.scope = "rowgroup";
  head.style.color = css(teamColour(description, team));
  return element("tr", "board-team", head);
}

function row({ player, place }: Placed, scene: Scene): HTMLElement {
  const { colour, hull } = liveryOf(scene, player.id);
  const name = element("div", "board-name", element("i", "chip"), element("span", "", player.name));
  if (player.bot) name.append(element("small", "bot", "bot"));
  name.style.setProperty("--chip", css(colour));
  mark(name, `hull-${hull}`, true);
  const made = element(
    "tr", "",
    element("td", "place", String(place)),
    element("td", "", name),
    ...scene.description.columns.map((_, at) => element("td", "number", String(player.counts[at] ?? 0))),
    element("td", "number faint", player.bot ? "–" : `${Math.round(player.ping_ms)} ms`),
  );
  mark(made, "mine", player.id === scene.me_id);
  return made;
}
