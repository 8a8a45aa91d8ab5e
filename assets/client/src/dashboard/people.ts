/**
 * Processes, rooms, sessions, reports, bans and mutes in tables, with what can be done to each: who asks is asked again before it is done.
 */

import { element, write } from "../hud/dom";
import { type AnyRoomRow, Fleet, isFar, ownerOf, placeOf } from "./fleet";
import { said, span } from "./numbers";
import { type Action, calledBy, known, type Report, type Restriction, whomOf, type Whom } from "./orders";
import { ask, type Question } from "./question";
import { type Column, type Press, Table } from "./table";
import { type Look, PAGE, type ProcessRow, type SessionRow, type Sessions, type Stats } from "./wire";

const SEARCH_MS = 250;
const SEARCH_CHARS_MAX = 64;

export interface Doer {
  order(action: Action, body: object): void;
  look(look: Look): void;
}

/** Where what is on the page, by id. */
export const PLACES = [["processes", "Processes"], ["rooms", "Rooms"], ["sessions", "Sessions"], ["reports", "Reports"], ["restrictions", "Bans and mutes"]] as const;

export class People {
  readonly root: HTMLElement;
  readonly #doer: Doer;
  /** It has a place of its own on the page. */
  readonly fleet = new Fleet((process) => this.#drain(process));
  readonly #rooms: Table<AnyRoomRow>;
  readonly #sessions: Table<SessionRow>;
  readonly #reports: Table<Report>;
  readonly #restrictions: Table<Restriction>;
  readonly #search = element("input", "field");
  readonly #range = element("span", "range");
  readonly #earlier = button("Earlier", "small");
  readonly #later = button("Later", "small");
  readonly #finding = element("span", "", "Find sessions");
  #processes: readonly ProcessRow[] = [];
  #first = 0;
  #typing = 0;

  constructor(doer: Doer) {
    this.#doer = doer;
    const owner = { title: "Process", className: "known", text: (room: AnyRoomRow) => ownerOf(room, this.#processes) };
    this.#rooms = new Table("Rooms", [...ROOM_COLUMNS, owner], [this.#closing()], ({ name }) => name);
    this.#sessions = new Table("Sessions", SESSION_COLUMNS, this.#sessionPresses(), keyOf);
    this.#reports = new Table("Reports", REPORT_COLUMNS, this.#reportPresses(), ({ report }) => String(report));
    this.#restrictions = new Table(
      "Bans and mutes", RESTRICTION_COLUMNS, [this.#lifting()], ({ what, known_as }) => `${what} ${known_as}`,
    );
    this.#rooms.root.id = "rooms";
    this.#reports.root.id = "reports";
    this.#restrictions.root.id = "restrictions";
    this.root = element("div", "people", this.#rooms.root, this.#finder(), this.#sessions.root, this.#reports.root,
      this.#restrictions.root);
  }

  show(stats: Stats): void {
    const { processes, rooms, rooms_elsewhere, sessions } = stats;
    this.#processes = processes;
    this.root.classList.toggle("alone", processes.length === 0);
    this.fleet.show(stats);
    this.#rooms.show([...rooms, ...rooms_elsewhere], "No room is open.");
    write(this.#finding, processes.length === 0 ? "Find sessions" : "Find sessions of this process");
    this.#sessions.show(sessions.rows, sessions.search === "" ? "Nobody is here." : "Nobody like that is here.");
    this.#page(sessions);
  }

  showReports(reports: readonly Report[]): void {
    this.#reports.show(reports, "Nobody has complained.");
  }

  showRestrictions(restrictions: readonly Restriction[]): void {
    this.#restrictions.show(restrictions, "Nobody is banned or mute.");
  }

  #finder(): HTMLElement {
    this.#search.type = "search";
    this.#search.maxLength = SEARCH_CHARS_MAX;
    this.#search.placeholder = "Name, subject, address or room";
    this.#search.addEventListener("input", () => {
      window.clearTimeout(this.#typing);
      this.#typing = window.setTimeout(() => this.#look(0), SEARCH_MS);
    });
    this.#earlier.addEventListener("click", () => this.#look(Math.max(0, this.#first - PAGE)));
    this.#later.addEventListener("click", () => this.#look(this.#first + PAGE));
    const pages = element("div", "pages", this.#earlier, this.#range, this.#later);
    const finder = element("div", "finder", element("label", "", this.#finding, this.#search), pages);
    finder.id = "sessions";
    return finder;
  }

  #look(first: number): void {
    this.#doer.look({ search: this.#search.value, first });
  }

  #page({ first, matches, rows }: Sessions): void {
    this.#first = first;
    write(this.#range, rows.length === 0 ? "none" : `${first + 1}–${first + rows.length} of ${said(matches, "count")}`);
    this.#earlier.disabled = first === 0;
    this.#later.disabled = first + rows.length >= matches;
  }

  async #ask(question: Question, action: Action, body: object): Promise<void> {
    const wanted = await ask(question);
    if (wanted === null) return;
    const { seconds, reason } = wanted;
    this.#doer.order(action, {
      ...body, ...(question.ends === true && { seconds }), ...(question.reasoned === true && { reason }),
    });
  }

  #drain({ id, url, is_here }: ProcessRow): void {
    void this.#ask({
      title: `Drain ${placeOf(url)}?`,
      sentence: `Nobody new comes in; people may finish their match; then ${is_here ? "this" : "that"} process ends.`,
      yes: "Drain the process",
    }, "drain", { process: id });
  }

  #closing(): Press<AnyRoomRow> {
    return {
      label: () => "Close",
      name: ({ title }) => `Close the room ${title}`,
      className: "danger",
      press: ({ name, title, players }) => void this.#ask({
        title: `Close ${title}?`,
        sentence: `Its ${said(players, "count")} players are sent away and its match is lost.`,
        yes: "Close the room",
      }, "close", { room: name }),
    };
  }

  #sessionPresses(): Press<SessionRow>[] {
    return [
      {
        label: () => "Kick",
        name: (row) => `Kick ${calledBy(row)}`,
        press: (row) => void this.#ask({
          title: `Kick ${calledBy(row)}?`, sentence: kicked(row), yes: "Kick", reasoned: true,
        }, "kick", whomOf(row)),
      },
      {
        label: ({ muted }) => (muted ? "Unmute" : "Mute"),
        name: (row) => `${row.muted ? "Unmute" : "Mute"} ${calledBy(row)}`,
        press: (row) => {
          if (row.muted) this.#doer.order("unmute", whomOf(row));
          else this.#mute(calledBy(row), row.session === null ? row.known_as : calledBy(row), whomOf(row));
        },
      },
      {
        label: () => "Ban",
        name: (row) => `Ban ${calledBy(row)}`,
        className: "danger",
        press: (row) => this.#ban(calledBy(row), row.known_as, known(row.known_as)),
      },
    ];
  }

  #reportPresses(): Press<Report>[] {
    return [
      {
        label: () => "Dismiss",
        name: ({ name }) => `Dismiss the report about ${name}`,
        press: ({ report }) => this.#doer.order("dismiss", { report }),
      },
      {
        label: () => "Mute",
        name: ({ name }) => `Mute ${name}, who was reported`,
        press: ({ name, known_as }) => this.#mute(name, known_as, known(known_as)),
      },
      {
        label: () => "Ban",
        name: ({ name }) => `Ban ${name}, who was reported`,
        className: "danger",
        press: ({ name, known_as }) => this.#ban(name, known_as, known(known_as)),
      },
    ];
  }

  #mute(name: string, known_as: string, whom: Whom): void {
    void this.#ask({
      title: `Mute ${name}?`, sentence: `Nobody hears what ${known_as} says.`, yes: "Mute", ends: true, reasoned: true,
    }, "mute", whom);
  }

  #ban(name: string, known_as: string, whom: Whom): void {
    void this.#ask({
      title: `Ban ${name}?`, sentence: `Whoever is ${known_as} is sent away and can't come in.`, yes: "Ban", ends: true,
      reasoned: true,
    }, "ban", whom);
  }

  #lifting(): Press<Restriction> {
    return {
      label: () => "Lift",
      name: ({ what, known_as }) => `Lift the ${what} of ${known_as}`,
      press: ({ what, known_as }) => this.#doer.order(what === "ban" ? "unban" : "unmute", known(known_as)),
    };
  }
}

/** Of a room of another process nobody here knows all. */
const ROOM_COLUMNS: readonly Column<AnyRoomRow>[] = [
  { title: "Room", className: "first", text: ({ title, name }) => (title === name ? name : `${title} (${name})`) },
  { title: "Game", text: ({ game }) => game },
  { title: "Arena", text: ({ arena }) => arena },
  { title: "People", className: "number", text: ({ players, bots }) => said(players - bots, "count") },
  { title: "Bots", className: "number", text: ({ bots }) => said(bots, "count") },
  { title: "Watching", className: "number", text: ({ spectators }) => said(spectators, "count") },
  { title: "Entities", className: "number", text: (room) => (isFar(room) ? "" : said(room.entities, "count")) },
  { title: "Tick", className: "number", text: (room) => (isFar(room) ? "" : said(room.tick, "count")) },
];

const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  { title: "Name", className: "first", text: ({ name }) => name ?? "a spectator" },
  { title: "Room", text: ({ room }) => room ?? "in the lobby" },
  { title: "Known as", className: "known", text: ({ known_as }) => known_as },
  { title: "Session", className: "known", text: ({ session }) => session ?? "" },
  { title: "Role", text: ({ role, bot }) => (bot ? "bot" : role) },
  { title: "Round trip", className: "number", text: ({ rtt_ms }) => said(rtt_ms, "ms") },
  { title: "State", text: stateOf },
];

const REPORT_COLUMNS: readonly Column<Report>[] = [
  { title: "About", className: "first", text: ({ name }) => name },
  { title: "Known as", className: "known", text: ({ known_as }) => known_as },
  { title: "By", text: ({ by }) => by },
  { title: "Room", text: ({ room }) => room },
  { title: "Ago", text: ({ seconds_ago }) => span(seconds_ago) },
  { title: "Reason", text: ({ reason }) => reason },
  { title: "What was said", className: "said", text: ({ lines }) => lines.map(({ name, text }) => `${name}: ${text}`).join("\n") },
];

const RESTRICTION_COLUMNS: readonly Column<Restriction>[] = [
  { title: "What", className: "first", text: ({ what }) => (what === "ban" ? "banned" : "mute") },
  { title: "Known as", className: "known", text: ({ known_as }) => known_as },
  { title: "For", text: ({ seconds }) => `${span(seconds)} more` },
  { title: "Reason", text: ({ reason }) => reason },
];

function stateOf({ room, player, connected, kept_s, blocked, lagging, muted }: SessionRow): string {
  const calm = room !== null && player === null ? "watches" : "here";
  const link = connected ? (blocked ? "socket full" : lagging ? "lags" : calm) : `away, kept ${span(kept_s ?? 0)}`;
  return muted ? `${link}, mute` : link;
}

/** Who has no player has no number to be meant by, so that everybody who is known as they are is. */
function kicked({ session, player, known_as }: SessionRow): string {
  return session === null && player === null
    ? `Everybody who is known as ${known_as} is sent away, players too. They may come back.`
    : "They lose their seat, and may come back.";
}

function keyOf({ session, room, player, known_as }: SessionRow): string {
  if (session !== null) return session;
  return player === null ? `${room} ${known_as}` : `${room} ${player}`;
}

function button(label: string, className: string): HTMLButtonElement {
  const made = element("button", className, label);
  made.type = "button";
  return made;
}
