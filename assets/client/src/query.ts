/**
 * What the page's address asks for.
 *
 *     ?name=Ada  ?room=north  ?autojoin=1  ?encoding=json  ?url=ws://host:port/play
 */

import { type Codec, jsonCodec, msgpackCodec } from "./codec";
import { cleanName } from "./names";

export interface Query {
  /** "" when none is asked for. */
  name: string;
  room: string | null;
  autojoin: boolean;
  codec: Codec;
  url: string;
}

/** Reads `page`'s address; the server that sent the page is the one to play on, unless another is named. */
export function readQuery(page: { search: string; protocol: string; host: string }): Query {
  const asked = new URLSearchParams(page.search);
  const scheme = page.protocol === "https:" ? "wss" : "ws";
  return {
    name: cleanName(asked.get("name") ?? ""),
    room: asked.get("room"),
    autojoin: asked.get("autojoin") === "1",
    codec: asked.get("encoding") === "json" ? jsonCodec : msgpackCodec,
    url: asked.get("url") ?? `${scheme}://${page.host}/play`,
  };
}
