/**
 * What the page's address asks for.
 *
 *     ?name=Ada  ?room=north  ?autojoin=1  ?encoding=json
 *
 * The game is always at the server that sent the page: no link may send a player, and their tokens, elsewhere.
 */

import { type Codec, jsonCodec, msgpackCodec } from "@ricochet/sdk";
import { cleanName } from "./names";

export interface Query {
  /** "" when none is asked for. */
  name: string;
  room: string | null;
  autojoin: boolean;
  codec: Codec;
  url: string;
}

/** Reads `page`'s address. */
export function readQuery(page: { search: string; protocol: string; host: string }): Query {
  const asked = new URLSearchParams(page.search);
  const scheme = page.protocol === "https:" ? "wss" : "ws";
  return {
    name: cleanName(asked.get("name") ?? ""),
    room: asked.get("room"),
    autojoin: asked.get("autojoin") === "1",
    codec: asked.get("encoding") === "json" ? jsonCodec : msgpackCodec,
    url: `${scheme}://${page.host}/play`,
  };
}
