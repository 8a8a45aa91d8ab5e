/**
 * What the browser remembers about this player, and what the player's system asks of us.
 *
 * Storage may be forbidden (private windows, embedded pages) or full: then what is chosen holds for as long as the page is open, and
 * nothing fails. What another tab chooses is for pages that are opened later.
 */

import { cleanName } from "./names";

const NAME_KEY = "ricochet.name";
const MUTED_KEY = "ricochet.muted";
const KILLCAM_KEY = "ricochet.killcam";

/** As this page has it. */
const chosen = new Map<string, string>();

export const settings = {
  get name(): string {
    return cleanName(remembered(NAME_KEY));
  },
  set name(name: string) {
    remember(NAME_KEY, cleanName(name));
  },
  get muted(): boolean {
    return remembered(MUTED_KEY) === "yes";
  },
  set muted(muted: boolean) {
    remember(MUTED_KEY, muted ? "yes" : "no");
  },
  /** Whether the killcam starts by itself. */
  get killcam(): boolean {
    return remembered(KILLCAM_KEY) !== "no";
  },
  set killcam(starts: boolean) {
    remember(KILLCAM_KEY, starts ? "yes" : "no");
  },
};

const calmQuery = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** Whether the player's system asks for less motion; it may change while we run. */
export function calm(): boolean {
  return calmQuery?.matches ?? false;
}

function remembered(key: string): string {
  const value = chosen.get(key) ?? stored(key);
  chosen.set(key, value);
  return value;
}

function stored(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(key: string, value: string): void {
  chosen.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Forbidden or full: the player will be asked again next time.
  }
}
