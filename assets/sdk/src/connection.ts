/**
 * The conversation with the server, kept up: hello, pings, from room to room, and coming back when it breaks.
 *
 *     connecting  ->  lobby   <->  moving  <->  playing           all over one socket: see `itinerary`
 *     any         ->  lost     ->  connecting  …                  the closure was nobody's fault, or the network's
 *                 ->  refused                                     until the player asks again; so it is after `close`
 *
 * Every message but a pong goes to the listener. The token that resumes a seat is kept in the tab's session storage, so that
 * a reload comes back to the same ship; that is why nothing is said when the page goes. Whoever goes back to a page that the browser
 * has kept comes back with the newest token, which another page of the tab may have been given. In a room pings ride on what
 * arrives, not on a timer, for a hidden tab's timers sleep; but where nothing arrives, for the picture has yet to start, a timer says them.
 */

import { Backoff, ROOM_RETURNING } from "./backoff";
import type { Codec, Wire } from "./codec";
import { Itinerary, type Wish } from "./itinerary";
import { type ClientMessage, type MovedAway, PROTOCOL_VERSION, type ServerMessage } from "./messages";
import { Line, sizeOf } from "./line";
import type { Conditions } from "./netsim";
import type { LinkState } from "./scene";
import { rememberSeat, rememberedSeat } from "./seat_memory";

const PING_EVERY_MS = 1000;
/** With nothing heard for so long the network is gone, though no one told us. */
const SILENCE_MS_MAX = 8000;
/** With nothing heard for so long it is asked for. */
const QUIET_MS_MAX = 4000;
const WATCH_EVERY_MS = 1000;
/** The close code of a connection that broke. */
const LOST_CLOSURE = 1006;
const WRONG_VERSION = 4003;
const NOT_AUTHENTICATED = 4020;
/** Refused: a name, a room. */
const INVALID_NAME = 4007;
const ROOM_NOT_FOUND = 4010;
/** Why one isn't in a room that is elsewhere. */
const UNREACHABLE = "The server that has the room can't be reached.";
const LEFT = "You have left.";

export interface Address {
  url: string;
  /** Who we are; null: a guest. */
  token: string | null;
}

/** Who listens. */
export interface Listener {
  heard(message: ServerMessage, now_ms: number): void;
  /** `state` is another now. */
  changed(): void;
}

export class Connection {
  reason = "";
  /** The latest round trip; of the greeting, before there was a ping. */
  rtt_ms = 0;
  /** Since the page was opened. */
  readonly traffic = { received_bytes: 0, sent_bytes: 0, received_messages: 0, sent_messages: 0, connections: 0 };
  readonly #address: Address;
  readonly #codec: Codec;
  readonly #listener: Listener;
  readonly #backoff = new Backoff();
  readonly #itinerary: Itinerary;
  readonly #line = new Line({
    opened: () => this.#hello(),
    arrived: (wire) => this.#take(wire),
    ended: (code, reason) => this.#end(code, this.#last_words || reason),
  });
  #state: LinkState["state"] = "connecting";
  #name = "";
  /** What the server was told over this connection; "": it may know one by another name. */
  #called = "";
  /** The name was refused; it isn't said again until somebody asks for it. */
  #denied = false;
  #last_words = "";
  /** With which the latest connection ended. */
  #closure = 0;
  #retry_ms = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hello_ms = 0;
  #heard_ms = 0;
  #pinged_ms = 0;
  #watched_ms = 0;
  /** Since when timers run: those of a hidden page sleep. */
  #awake_ms = 0;
  #watching: ReturnType<typeof setInterval> | undefined;
  #is_aside = false;

  constructor(address: Address, codec: Codec, listener: Listener) {
    this.#address = address;
    this.#itinerary = new Itinerary(address.url, rememberedSeat());
    this.#codec = codec;
    this.#listener = listener;
  }

  get state(): LinkState["state"] {
    return this.#state;
  }

  /** Of the server that it leads to now. */
  get url(): string {
    return this.#itinerary.url;
  }

  /** The room that one is in; null: none. */
  get room(): string | null {
    return this.#itinerary.seat?.room ?? null;
  }

  /**
   * Goes there, or says so as soon as somebody listens; where there is no connection, by a new one. Without a wish: to the
   * seat that the tab remembers, or to the lobby. Rooms are opened at the first server, whose arenas are offered.
   */
  join(name: string, wish: Wish | null = null): void {
    this.rename(name);
    const { greeted } = this.#itinerary;
    const goes_home = wish?.type === "open" && this.#itinerary.goHome();
    if (goes_home && greeted) this.send({ type: "leave" });
    const anew = goes_home || !this.#line.exists;
    if (anew) this.#connect();
    const said = wish && this.#itinerary.want(wish);
    if (said) this.send(said);
    if (!anew) this.#settle();
  }

  /** Is called so (1 to 20 characters) from now on, and by every later connection. */
  rename(name: string): void {
    this.#name = name;
    if (this.#denied) this.#called = "";
    this.#denied = false;
    this.#sayName();
  }

  /** Goes there, under the name that one has. */
  go(wish: Wish): void {
    this.join(this.#name, wish);
  }

  /** Tries again what was refused. */
  again(): void {
    this.#connect();
  }

  /** Says something, if anybody listens. */
  send(message: ClientMessage): void {
    if (!this.#line.open) return;
    const wire = this.#codec.encode(message);
    this.#line.send(wire);
    this.traffic.sent_messages += 1;
    this.traffic.sent_bytes += wire.length;
  }

  /** The player is looking again, or the network is back: an attempt that was put off is made now. */
  hurry(): void {
    if (this.#state === "lost" && !this.#line.exists) this.#connect();
  }

  /** The page is left, and the browser may keep it as it is. Until one goes back to it, another page of the tab may have our seat. */
  setAside(): void {
    this.#is_aside = true;
  }

  /** After that the tab knows best. */
  #takeUp(): void {
    if (this.#is_aside) this.#itinerary.renew(rememberedSeat());
    this.#is_aside = false;
  }

  /** Leaves for good: the ship is given up, and nothing is tried or timed any more, until somebody asks again. */
  close(): void {
    if (this.#itinerary.greeted) this.send({ type: "leave" });
    this.#line.flush();
    this.#line.leave();
    this.#itinerary.leave();
    rememberSeat(null);
    clearTimeout(this.#retry);
    clearInterval(this.#watching);
    this.#watching = undefined;
    this.reason = LEFT;
    if (this.#state !== "refused") this.#become("refused");
  }

  /** Breaks the connection as the network would. */
  drop(): void {
    if (this.#line.exists) this.#end(LOST_CLOSURE, "");
  }

  /** From now on the network seems to be so much worse than it is. What is under way arrives as it would have. */
  worsen(conditions: Conditions): void {
    this.#line.worsen(conditions);
  }

  link(now_ms: number): LinkState {
    const retry_in_s = this.#state === "lost" ? Math.max(0, this.#retry_ms - now_ms) / 1000 : 0;
    const closure = this.#state === "refused" ? this.#closure : 0;
    const token = closure !== NOT_AUTHENTICATED ? null : this.#address.token === null ? "missing" : "refused";
    return { state: this.#state, reason: this.reason, retry_in_s, rtt_ms: this.rtt_ms, outdated: closure === WRONG_VERSION, token };
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#takeUp();
    this.#watching ??= setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#itinerary.left();
    if (this.#state !== "lost" && this.#state !== "connecting") this.#become("connecting");
    this.#last_words = "";
    this.#heard_ms = performance.now();
    this.traffic.connections += 1;
    const { url } = this.#itinerary;
    try {
      this.#line.dial(url, this.#codec.subprotocol);
    } catch {
      this.#end(LOST_CLOSURE, `${url} is no address that this page may connect to.`);
    }
  }

  #hello(): void {
    const { token } = this.#address;
    this.#heard_ms = this.#hello_ms = performance.now();
    const whereto = this.#itinerary.hello();
    this.#called = whereto.resume === null ? this.#name : ""; // who comes back is called what they were
    this.#denied = false;
    this.send({ type: "hello", version: PROTOCOL_VERSION, name: this.#name, token, ...whereto, bot: false });
  }

  #take(wire: Wire): void {
    const now_ms = performance.now();
    this.#heard_ms = now_ms;
    this.traffic.received_messages += 1;
    this.traffic.received_bytes += sizeOf(wire);
    const message = this.#codec.decode(wire);
    if (message?.type === "pong") this.rtt_ms = now_ms - message.nonce / 1000;
    if (message?.type === "bye") this.#last_words = message.sentence;
    if (message?.type === "moved") return this.#move(message, now_ms);
    if (message?.type === "homes") return this.#itinerary.learn(message.urls);
    if (message && message.type !== "pong") this.#hear(message, now_ms);
    if (this.#state === "playing" && now_ms - this.#pinged_ms >= PING_EVERY_MS) this.#ping(now_ms);
  }

  #hear(message: ServerMessage, now_ms: number): void {
    this.#listener.heard(message, now_ms);
    if (message.type === "error" && message.code === INVALID_NAME) this.#denied = true;
    if (message.type === "welcome" || message.type === "lobby" || message.type === "error") this.#follow(message, now_ms);
  }

  /** To the server that has the room. The ship that one had here is given up, as it would be for a room here. */
  #move(moved: MovedAway, now_ms: number): void {
    const { greeted } = this.#itinerary;
    if (this.#itinerary.moved(moved)) {
      if (greeted) this.send({ type: "leave" });
      rememberSeat(this.#itinerary.seat);
      this.#connect();
    } else if (greeted) {
      this.#hear({ type: "error", code: ROOM_NOT_FOUND, sentence: UNREACHABLE }, now_ms);
    } else {
      this.#end(LOST_CLOSURE, "");
    }
  }

  /** To wherever the server says that we are. */
  #follow(message: ServerMessage, now_ms: number): void {
    const itinerary = this.#itinerary;
    const answers_hello = !itinerary.greeted;
    const answer = itinerary.take(message);
    this.#sayName();
    if (answer) this.send(answer);
    if (!itinerary.greeted) return;
    if (answers_hello) this.rtt_ms = now_ms - this.#hello_ms;
    this.reason = "";
    this.#backoff.succeeded();
    rememberSeat(itinerary.seat);
    this.#settle();
  }

  /** Connected, and either here or there or in between. */
  #settle(): void {
    const { greeted, moving, seat } = this.#itinerary;
    const state = !greeted ? this.#state : moving ? "moving" : seat ? "playing" : "lobby";
    if (state !== this.#state) this.#become(state);
  }

  #sayName(): void {
    if (!this.#itinerary.greeted || this.#called === this.#name) return;
    this.#called = this.#name;
    this.send({ type: "rename", name: this.#name });
  }

  /** The nonce is when it was said, in µs of the page's clock. */
  #ping(now_ms: number): void {
    this.#pinged_ms = now_ms;
    this.send({ type: "ping", nonce: Math.round(now_ms * 1000), rtt_ms: Math.min(60_000, Math.round(this.rtt_ms)) });
  }

  #end(code: number, reason: string): void {
    this.#line.leave();
    clearTimeout(this.#retry);
    this.#takeUp();
    this.#closure = code;
    const now_ms = performance.now();
    const { led } = this.#itinerary;
    const returns = this.#itinerary.ended(code, now_ms);
    rememberSeat(this.#itinerary.seat);
    if (reason || this.#state !== "lost") this.reason = reason; // an attempt that failed in silence is not the reason
    if (led && !this.#itinerary.seat) this.#listener.heard({ type: "error", code: ROOM_NOT_FOUND, sentence: reason || UNREACHABLE }, now_ms);
    if (!returns) {
      this.reason ||= `The server closed the connection (${code}).`;
      this.#become("refused");
      return;
    }
    const delay_ms = (code === ROOM_RETURNING ? this.#backoff.returning_s() : this.#backoff.next_s(this.#itinerary.isKept(now_ms))) * 1000;
    this.#retry_ms = now_ms + delay_ms;
    this.#retry = setTimeout(() => this.#connect(), delay_ms);
    this.#become("lost");
  }

  #become(state: LinkState["state"]): void {
    this.#state = state;
    this.#listener.changed();
  }

  #watch(): void {
    const now_ms = performance.now();
    if (now_ms - this.#watched_ms > 2 * WATCH_EVERY_MS) this.#awake_ms = now_ms;
    this.#watched_ms = now_ms;
    if (!this.#line.exists) return;
    const silence_ms_max = this.#line.connecting ? this.#itinerary.patience_ms : SILENCE_MS_MAX;
    const is_quiet = now_ms - this.#heard_ms > QUIET_MS_MAX;
    if (now_ms - Math.max(this.#heard_ms, this.#awake_ms) > silence_ms_max) this.#end(LOST_CLOSURE, "The server has gone silent");
    else if (this.#state === "lobby" || (this.#state === "playing" && is_quiet)) this.#ping(now_ms);
  }
}
