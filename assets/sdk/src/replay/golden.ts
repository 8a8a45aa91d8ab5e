/** A small match as the server recorded it, and a room where people build, for tests. */

import building from "../../../../tests/golden/build-1.replay?url&inline";
import match from "../../../../tests/golden/match-1.replay?url&inline";

export function goldenReplay(): Uint8Array {
  return bytesOf(match);
}

export function goldenBuilding(): Uint8Array {
  return bytesOf(building);
}

function bytesOf(inlined: string): Uint8Array {
  return Uint8Array.from(atob(inlined.slice(inlined.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}
