/**
 * Numbers as people read them. Pure.
 */

import type { Certainty, Figures } from "./api";

export const CERTAINTIES: Readonly<Record<Certainty, string>> = {
  new: "New: few matches yet, and the rating will change a lot.",
  settling: "Settling: the rating is getting there.",
  settled: "Settled: the rating is a good guess.",
};

const NUMBER = new Intl.NumberFormat("en");
const DATE = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

export const number = (value: number): string => NUMBER.format(value);
export const date = (unix_s: number): string => DATE.format(unix_s * 1000);

/** `melee` as a title. */
export function title(name: string): string {
  const spaced = name.replace(/[_-]+/gu, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** 1st, 2nd, 3rd, 4th, … 11th, … 21st. */
export function ordinal(value: number): string {
  const teen = value % 100 >= 11 && value % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][value % 10] ?? "th");
  return `${number(value)}${ending}`;
}

/** With its sign, which is a minus and no hyphen. */
export function change(value: number): string {
  return value > 0 ? `+${number(value)}` : value < 0 ? `−${number(-value)}` : "±0";
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** How long ago, or the date when it is long ago. */
export function ago(then_s: number, now_s: number): string {
  const past_s = now_s - then_s;
  if (past_s < MINUTE_S) return "just now";
  if (past_s < HOUR_S) return `${Math.floor(past_s / MINUTE_S)} min ago`;
  if (past_s < DAY_S) return `${count(Math.floor(past_s / HOUR_S), "hour")} ago`;
  if (past_s < 7 * DAY_S) return `${count(Math.floor(past_s / DAY_S), "day")} ago`;
  return date(then_s);
}

/** When a season ends. */
export function ending(ends_s: number, now_s: number): string {
  const left_s = ends_s - now_s;
  if (left_s <= 0) return `ended on ${date(ends_s)}`;
  if (left_s < DAY_S) return "ends today";
  return `ends in ${count(Math.floor(left_s / DAY_S), "day")}`;
}

/** `kills 3`, `deaths 1`. */
export function partsOf(figures: Figures): string[] {
  return Object.entries(figures).map(([name, value]) => `${name.replace(/_/gu, " ")} ${number(value)}`);
}

/** `kills 3 · deaths 1`; "" when the game counts nothing. */
export const figuresIn = (figures: Figures): string => partsOf(figures).join(" · ");

export function share(part: number, whole: number): string {
  return whole === 0 ? "" : `${Math.round((100 * part) / whole)} %`;
}
