/**
 * The news from `/stats`: one socket that comes back by itself, and how fresh what it last said is.
 *
 *     signed_out   nobody has shown a token, or it was refused: `why` says so
 *     connecting   a socket is opening, or hello has not been answered yet
 *     live         welcomed; `heard_s` is when the last numbers came
 *     waiting      the connection ended for a reason that passes, or nothing came by it; the next attempt is at `until_s`
 *
 * The token goes in the first message and is held here for as long as somebody is signed in. What the page asked to look at is
 * asked again after each welcome.
 */

import { Backoff, comesBackAfter } from "@ricochet/sdk";
import { type Look, type PastColumns, type ServerMessage, type Stats, SUBPROTOCOL, VERSION } from "./wire";

/** Numbers older than this are stale. */
export const STALE_S = 2;
/** By which nothing has come for so long, that connection is left. */
export const SILENCE_S_MAX = 10;
const SIGNED_OUT = 1000;
const LOST = 1006;
const GONE = "the server can't be reached";
const SILENT = "the server has gone silent";

export type FeedState =
  | { name: "signed_out"; why: string }
  | { name: "connecting" }
  | { name: "live"; subject: string | null; heard_s: number }
  | { name: "waiting"; until_s: number; why: string };

/** Where the server that sent `page` tells its numbers: beside it, for a proxy may have each process under a path of its own. */
export function statsBeside(page: string): URL {
  return new URL("stats", page.replace(/^http/u, "ws"));
}

/** What the feed needs of the page. Times are seconds of one clock. */
export interface World {
  socket(subprotocol: string): WebSocket;
  now_s(): number;
  /** Returns what calls it off. */
  later(what: () => void, after_s: number): () => void;
}

export interface Listener {
  /** What has been before one came. */
  remembered(past: PastColumns, every_s: number): void;
  told(stats: Stats, every_s: number): void;
  changed(state: FeedState): void;
}

export class Feed {
  state: FeedState = { name: "signed_out", why: "" };
  readonly #world: World;
  readonly #listener: Listener;
  readonly #backoff: Backoff;
  #token: string | null = null;
  #look: Look = { search: "", first: 0 };
  #every_s = 0.5;
  #socket: WebSocket | null = null;
  /** When something came by it, or it was opened. */
  #heard_s = 0;
  /** What the server said before it closed. */
  #bye = "";
  #callOff: () => void = () => undefined;

  constructor(world: World, listener: Listener, backoff = new Backoff()) {
    this.#world = world;
    this.#listener = listener;
    this.#backoff = backoff;
  }

  signIn(token: string): void {
    this.#leave();
    this.#token = token;
    this.#connect();
  }

  signOut(why = ""): void {
    this.#leave();
    this.#token = null;
    this.#become({ name: "signed_out", why });
  }

  look(look: Look): void {
    this.#look = look;
    if (this.state.name === "live") this.#say({ type: "look", ...look });
  }

  /** How old the numbers are, once they are too old; null while they are fresh or there are none to expect. */
  staleFor_s(): number | null {
    if (this.state.name !== "live") return null;
    const age_s = this.#world.now_s() - this.state.heard_s;
    return age_s > STALE_S ? age_s : null;
  }

  /** To be called now and then: a network that went away says nothing. */
  tend(): void {
    if (this.#socket === null || this.#world.now_s() - this.#heard_s <= SILENCE_S_MAX) return;
    this.#leave();
    this.#lost(LOST, SILENT);
  }

  #connect(): void {
    const token = this.#token;
    const socket = this.#world.socket(SUBPROTOCOL);
    this.#socket = socket;
    this.#heard_s = this.#world.now_s();
    this.#bye = "";
    this.#become({ name: "connecting" });
    socket.onopen = () => this.#say({ type: "hello", version: VERSION, token });
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)) as ServerMessage);
    socket.onclose = ({ code, reason }) => this.#lost(code, this.#bye || reason || GONE);
  }

  #hear(message: ServerMessage): void {
    const heard_s = (this.#heard_s = this.#world.now_s());
    if (message.type === "welcome") {
      this.#backoff.succeeded();
      this.#every_s = message.every_s;
      this.#become({ name: "live", subject: message.subject, heard_s });
      this.#say({ type: "look", ...this.#look });
      this.#listener.remembered(message.past, message.every_s);
    } else if (message.type === "stats" && this.state.name === "live") {
      this.state = { ...this.state, heard_s };
      this.#listener.told(message, this.#every_s);
    } else if (message.type === "bye") {
      this.#bye = message.sentence;
    }
  }

  #lost(code: number, why: string): void {
    this.#socket = null;
    if (!comesBackAfter(code)) {
      this.signOut(why);
      return;
    }
    const after_s = this.#backoff.next_s();
    this.#callOff = this.#world.later(() => this.#connect(), after_s);
    this.#become({ name: "waiting", until_s: this.#world.now_s() + after_s, why });
  }

  #leave(): void {
    this.#callOff();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(SIGNED_OUT);
  }

  #say(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #become(state: FeedState): void {
    this.state = state;
    this.#listener.changed(state);
  }
}
