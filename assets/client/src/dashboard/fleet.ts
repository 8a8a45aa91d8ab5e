/**
 * The processes that share a directory, where there are many: how each is, and which has which room. Pure but for the table.
 *
 * What is bad is said in a word or a number first; the colour only repeats it.
 */

import { element, show, write } from "../hud/dom";
import { NONE, said } from "./numbers";
import { type Column, type Press, Table, type Tone } from "./table";
import type { FarRoomRow, ProcessRow, RoomRow, Stats } from "./wire";

/** A process says how it is once a second; after so long it is late. */
const SILENT_S = 2.5;
const TICK_MS_MAX = 1000 / 60;
const LEASE_S_MAX = 6;

export type AnyRoomRow = RoomRow | FarRoomRow;

export class Fleet {
  readonly root = element("section", "fleet");
  readonly #sum = element("p", "faint");
  readonly #table: Table<ProcessRow>;

  constructor(drain: (process: ProcessRow) => void) {
    this.#table = new Table("Processes", COLUMNS, [draining(drain)], ({ id }) => id);
    this.root.id = "processes";
    this.root.append(this.#table.root, this.#sum);
    show(this.root, false);
  }

  show({ processes }: Stats): void {
    show(this.root, processes.length > 0);
    this.#table.show(processes, "");
    write(this.#sum, sumOf(processes));
  }
}

function draining(drain: (process: ProcessRow) => void): Press<ProcessRow> {
  return { label: () => "Drain", name: ({ url }) => `Drain ${placeOf(url)}`, className: "danger", press: drain };
}

const COLUMNS: readonly Column<ProcessRow>[] = [
  { title: "Process", className: "first", text: ({ url, is_here }) => `${placeOf(url)}${is_here ? " (this one)" : ""}` },
  { title: "State", text: stateOf, tone: (row) => (stateOf(row) === "open" ? "good" : "warn") },
  { title: "Rooms", className: "number", text: ({ rooms }) => said(rooms, "count") },
  { title: "People", className: "number", text: ({ people }) => said(people, "count") },
  { title: "Bots", className: "number", text: ({ bots }) => said(bots, "count") },
  {
    title: "Tick p99", className: "number", text: ({ tick_p99_ms }) => said(tick_p99_ms, "ms"),
    tone: ({ tick_p99_ms }) => toneOf((tick_p99_ms ?? 0) / TICK_MS_MAX),
  },
  {
    title: "Load", className: "number load", text: ({ load }) => said(load * 100, "percent"), tone: ({ load }) => toneOf(load),
    share: ({ load }) => load,
  },
  {
    title: "Lease", className: "number", text: ({ lease_s }) => (lease_s === null ? "none" : `${lease_s.toFixed(1)} s old`),
    tone: ({ lease_s }) => (lease_s === null || lease_s > LEASE_S_MAX ? "bad" : ""),
  },
];

/** Where it is, short: without what all addresses have. */
export function placeOf(url: string): string {
  return url.replace(/^https?:\/\//u, "").replace(/\/$/u, "") || NONE;
}

export function stateOf({ is_open, heard_s }: ProcessRow): string {
  if (heard_s > SILENT_S) return `silent for ${Math.round(heard_s)} s`;
  return is_open ? "open" : "drains";
}

/** Of something that is full at 1. */
export function toneOf(share: number): Tone {
  return share > 0.9 ? "bad" : share > 0.7 ? "warn" : "";
}

/** "3 processes, 2 of them open: 7 rooms, 12 people, 40 bots" */
export function sumOf(processes: readonly ProcessRow[]): string {
  const sum = (read: (row: ProcessRow) => number): string => said(processes.reduce((total, row) => total + read(row), 0), "count");
  const open = processes.filter(({ is_open }) => is_open).length;
  const many = `${processes.length} ${processes.length === 1 ? "process" : "processes"}`;
  const some = open < processes.length ? `, ${open} of them open` : "";
  return `${many}${some}: ${sum(({ rooms }) => rooms)} rooms, ${sum(({ people }) => people)} people, ${sum(({ bots }) => bots)} bots`;
}

/** Whose a room is; nothing where there is one process alone. */
export function ownerOf(room: AnyRoomRow, processes: readonly ProcessRow[]): string {
  if (processes.length === 0) return "";
  return isFar(room) ? placeOf(room.url) : "this one";
}

export function isFar(room: AnyRoomRow): room is FarRoomRow {
  return "url" in room;
}
