/**
 * The seat that a tab has, kept for as long as the tab is: loading the page again comes back to it.
 *
 * Where storage is forbidden nothing is remembered, and nothing fails: then a reload comes to the lobby. So it does where something
 * else is stored, by whatever version of the page.
 */

import type { Seat } from "./itinerary";

const KEY = "ricochet.seat";

export function rememberedSeat(): Seat | null {
  try {
    const seat: unknown = JSON.parse(sessionStorage.getItem(KEY) || "null");
    return isSeat(seat) ? seat : null;
  } catch {
    return null;
  }
}

function isSeat(stored: unknown): stored is Seat {
  const { url, room, role, resume } = (stored ?? {}) as Partial<Record<keyof Seat, unknown>>;
  return [url, room, resume].every((field) => typeof field === "string") && (role === "player" || role === "spectator");
}

export function rememberSeat(seat: Seat | null): void {
  try {
    sessionStorage.setItem(KEY, seat ? JSON.stringify(seat) : "");
  } catch {
    // Forbidden.
  }
}
