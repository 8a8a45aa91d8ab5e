/**
 * Addresses that lead into a room: `/?room=NAME`. Whoever opens one is in that room, without asking for anything. Pure.
 */

const ROOM = "room";

/** What is sent to a friend: nothing of one's own address but where the page is. */
export function linkTo(room: string, page: { origin: string; pathname: string }): string {
  return `${page.origin}${page.pathname}?${new URLSearchParams({ [ROOM]: room })}`;
}

/** The page's address while one is in `room` (null: in the lobby); what else it asks for stays. */
export function addressIn(room: string | null, page: { pathname: string; search: string; hash: string }): string {
  const asked = new URLSearchParams(page.search);
  if (room === null) asked.delete(ROOM);
  else asked.set(ROOM, room);
  const search = asked.toString();
  return page.pathname + (search === "" ? "" : `?${search}`) + page.hash;
}
