/**
 * Who we are, for the hello: a token of the operator's, if the page was opened with one.
 *
 *     https://game.example/#token=…
 *
 * What stands behind the # is sent to no server and is in no log. It is taken out of the address at once, so that it stays in
 * no history and goes with no link, and is kept for as long as the tab is, or until it is dropped.
 */

const TOKEN_KEY = "ricochet.token";
const FIELD = /(?:^#|&)token=([\w.~-]+)/u;

/** What is needed of the page: where it is, a memory, and a way to change the address without loading it anew. */
export interface Opened {
  hash: string;
  /** Throws where it is forbidden. */
  memory(): Pick<Storage, "getItem" | "setItem">;
  rename(hash: string): void;
}

/** The token, or null for a guest. */
export function takeToken({ hash, memory, rename }: Opened): string | null {
  const token = FIELD.exec(hash)?.[1] ?? null;
  if (token !== null) rename("");
  try {
    if (token !== null) memory().setItem(TOKEN_KEY, token);
    return token ?? memory().getItem(TOKEN_KEY);
  } catch {
    return token; // Storage is forbidden: a reload will come as a guest.
  }
}

/** Whether a page that is open already is given one: it is to be loaded anew, which no browser does for what stands behind the #. */
export function bringsToken(hash: string): boolean {
  return FIELD.test(hash);
}

/** Forgets it: from the next time on that the page is loaded, one is a guest. */
export function dropToken(memory: () => Pick<Storage, "removeItem">): void {
  try {
    memory().removeItem(TOKEN_KEY);
  } catch {
    // Storage is forbidden: nothing was kept.
  }
}
