/**
 * What is drawn, and from which numbers: the one place that names metrics. Pure.
 *
 * Every figure has a title, a unit and its lines; a line is a label, a colour of the style sheet and how to read it off what the
 * server said. What the server's system can't tell is null, and so a dash.
 */

import { said, type Unit } from "./numbers";
import type { Moment, Stats } from "./wire";

export type Read = (stats: Moment) => number | null;

export interface Line {
  label: string;
  /** A custom property of the style sheet. */
  colour: `--${string}`;
  read: Read;
}

export interface Figure {
  title: string;
  unit: Unit;
  lines: Line[];
}

const gauge = (name: string): Read => ({ gauges }) => gauges[name] ?? null;
const rate = (name: string): Read => ({ rates }) => rates[name] ?? null;
const times = (read: Read, factor: number): Read => (stats) => {
  const value = read(stats);
  return value === null ? null : value * factor;
};
const people: Read = ({ gauges }) => (gauges["players"] ?? 0) - (gauges["bots"] ?? 0);

export const FIGURES: readonly Figure[] = [
  {
    title: "Tick duration", unit: "ms",
    lines: [
      { label: "p50", colour: "--cool", read: ({ duration_ms }) => duration_ms?.p50 ?? null },
      { label: "p99", colour: "--accent", read: ({ duration_ms }) => duration_ms?.p99 ?? null },
    ],
  },
  {
    title: "Tick lateness", unit: "ms",
    lines: [
      { label: "p50", colour: "--cool", read: ({ lateness_ms }) => lateness_ms?.p50 ?? null },
      { label: "p99", colour: "--accent", read: ({ lateness_ms }) => lateness_ms?.p99 ?? null },
    ],
  },
  {
    title: "Players", unit: "count",
    lines: [
      { label: "all", colour: "--cool", read: gauge("players") },
      { label: "people", colour: "--accent", read: people },
      { label: "rooms", colour: "--good", read: gauge("rooms") },
    ],
  },
  {
    title: "Bytes", unit: "bytes_per_s",
    lines: [
      { label: "out", colour: "--cool", read: rate("sent_bytes") },
      { label: "in", colour: "--accent", read: rate("received_bytes") },
    ],
  },
  {
    title: "Inputs not in time", unit: "per_s",
    lines: [
      { label: "late", colour: "--accent", read: rate("inputs_late") },
      { label: "missing", colour: "--danger", read: rate("inputs_missing") },
    ],
  },
  {
    title: "Slow viewers", unit: "count",
    lines: [
      { label: "blocked", colour: "--danger", read: gauge("viewers_blocked") },
      { label: "lagging", colour: "--accent", read: gauge("viewers_lagging") },
    ],
  },
  {
    title: "Processor", unit: "percent",
    lines: [{ label: "of a core", colour: "--good", read: times(rate("process_cpu_seconds"), 100) }],
  },
  {
    title: "Memory", unit: "bytes",
    lines: [{ label: "resident", colour: "--good", read: gauge("process_resident_memory_bytes") }],
  },
  {
    title: "Waiting for full sockets", unit: "bytes",
    lines: [{ label: "held", colour: "--danger", read: gauge("waiting_bytes") }],
  },
];

/** What ought to stay at 0, in words for when it doesn't. */
const TROUBLES: readonly [string, string][] = [
  ["checksum_mismatches", "cells that a client believed something else about"],
  ["rooms_failed", "rooms ended by a mistake of the server's own"],
  ["connections_failed", "connections ended by a mistake of the server's own"],
  ["chores_failed", "chores that failed"],
  ["checkpoints_failed", "checkpoints that could not be written"],
  ["ticks_shifted", "ticks given up because the process was too slow"],
  ["turned_away", "connections and requests turned away"],
];

/** One sentence for each trouble that there has been since the server started. */
export function troubles({ totals }: Stats): string[] {
  return TROUBLES.flatMap(([name, words]) => ((totals[name] ?? 0) > 0 ? [`${said(totals[name], "count")} ${words}`] : []));
}

/** The numbers that stand at the top. */
export const TILES: readonly { label: string; read: (stats: Stats) => string }[] = [
  { label: "People", read: (stats) => said(people(stats), "count") },
  { label: "Bots", read: ({ gauges }) => said(gauges["bots"], "count") },
  { label: "Spectators", read: ({ gauges }) => said(gauges["spectators"], "count") },
  { label: "Rooms", read: ({ gauges }) => said(gauges["rooms"], "count") },
  { label: "Sockets", read: ({ gauges }) => said(gauges["connections"], "count") },
  { label: "Entities", read: ({ gauges }) => said(gauges["entities"], "count") },
  { label: "Ticks/s", read: ({ ticks, seconds }) => said(ticks / seconds, "count") },
  { label: "Inputs/s", read: ({ rates }) => said(rates["inputs"], "count") },
];
