/**
 * The seat that a tab has, kept for as long as the tab is: loading the page again comes back to it.
 *
 * Where storage is forbidden nothing is remembered, and nothing fails: then a reload comes to the lobby.
 */

import type { Seat } from "./itinerary";

const KEY = "ricochet.seat";

export function rememberedSeat(): Seat | null {
  try {
    const seat = JSON.parse(sessionStorage.getItem(KEY) || "null") as Seat | null;
    return typeof seat?.url === "string" ? seat : null;
  } catch {
    return null;
  }
}

export function rememberSeat(seat: Seat | null): void {
  try {
    sessionStorage.setItem(KEY, seat ? JSON.stringify(seat) : "");
  } catch {
    // Forbidden.
  }
}
