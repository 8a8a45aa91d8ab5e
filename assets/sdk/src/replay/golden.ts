/** A small match as the server recorded it, for tests. */

import inlined from "../../../../tests/golden/match-1.replay?url&inline";

export function goldenReplay(): Uint8Array {
  return Uint8Array.from(atob(inlined.slice(inlined.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}
