/**
 * Where one is on a server, and what one has asked for: the part of a connection that decides what to say. Pure.
 *
 *     lobby   enter, open   ->  welcome  ->   room          refused by an error: one stays where one is
 *     room    browse        ->  lobby    ->   lobby         a room that ends sends `lobby` unasked
 *
 * One thing is asked for at a time, and until it is answered no inputs are said. A connection that broke is begun anew by a
 * visitor's hello, with the token of one's seat. Where that is gone, one goes to the same room as a newcomer. What was asked for
 * is said again then. But no room is opened twice: when the connection broke before the answer, that wish is forgotten.
 *
 * A room may be at another server: `moved` says where. There one says hello with the seat that is kept, and is where one wanted to be.
 * That server is also where one comes back to, for as long as it keeps a seat: there and at the first server by turns, for if it is
 * gone, the room may be at yet another by now, where one's token is as good. While the room is expected back, the first is asked.
 * Where the seat's server doesn't let one in, one is a visitor of the first.
 *
 * A server may say which others there are (`learn`). Then a first server that doesn't let one in hands over to the next of them, in
 * an order of one's own, so that those who lost a server together don't all go to the same; the one that has the seat has its turn
 * after all of them, for they know where the room is. None is waited for for long while there are others, unless all are slow.
 */

import { comesBackAfter, ROOM_RETURNING } from "./backoff";
import type { Browse, ClientMessage, Enter, Hello, MovedAway, Open, ServerMessage } from "./messages";

/** Where somebody wants to be. */
export type Wish = Enter | Open | Browse;

/** A place in a room, and the token that comes back to it. */
export interface Seat {
  /** Of the server that keeps it. */
  url: string;
  room: string;
  role: "player" | "spectator";
  resume: string;
}

/** Somebody came back to our seat over another connection. */
const REPLACED = 4030;
/** There is no such room any more, or no place in it. */
const NO_ROOM: ReadonlySet<number> = new Set([4010, 4011]);
/** Other servers that are remembered. */
const HOMES_MAX = 8;
/** How long a server is waited for; and at first, where there is another to try, twice as long after each that failed. */
const CONNECT_MS_MAX = 10_000;
const PATIENCE_MS = 4_000;
const DOUBLED_MAX = 4;
/** For how long a server keeps a seat whose connection broke. */
const SEAT_KEPT_MS = 30_000;
/** So often in a row a hello may be answered by another way to go; more of them lead in a circle. */
const HOPS_MAX = 1;
/** Errors that answer something else: a name, inputs too far ahead, a seat that is gone, chat. */
const NO_ANSWER: ReadonlySet<number> = new Set([4007, 4008, 4015, 4018, 4023]);

export class Itinerary {
  /** null: in the lobby. */
  seat: Seat | null;
  /** The first server. */
  readonly #first: string;
  readonly #random: () => number;
  /** The one that counts as the first, and then the others in the order in which they are tried. */
  #homes: string[];
  #url: string;
  #wish: Wish | null = null;
  /** The way that one is on, until a server has let one in. */
  #led: MovedAway | null = null;
  #hops = 0;
  /** Since when one tries to come back. */
  #lost_ms: number | null = null;
  /** In a row; and of these, how many at a server that counted as the first. */
  #failures = 0;
  #asked = 0;
  /** Over this connection. */
  #greeted = false;
  #said = false;

  /** `home`: the first server. `seat`: where one was before the page was loaded again. */
  constructor(home: string, seat: Seat | null = null, random: () => number = Math.random) {
    this.#first = home;
    this.#homes = [home];
    this.#random = random;
    this.seat = seat;
    this.#url = seat && this.#trusts(seat.url) ? seat.url : home;
  }

  /** How long to wait for the server to answer, in ms. */
  get patience_ms(): number {
    const has_others = this.#homes.length > 1 || (this.seat !== null && this.seat.url !== this.#home);
    return has_others ? Math.min(CONNECT_MS_MAX, PATIENCE_MS * 2 ** Math.min(this.#failures, DOUBLED_MAX)) : CONNECT_MS_MAX;
  }

  /** Whether a seat is kept for one still. */
  isKept(now_ms: number): boolean {
    return this.seat !== null && now_ms - (this.#lost_ms ?? now_ms) <= SEAT_KEPT_MS;
  }

  /** This is what the tab remembers: another page of it may have come back to our seat, and then ours opens nothing any more. */
  renew(remembered: Seat | null): void {
    if (remembered && remembered.room === this.seat?.room) this.seat = remembered;
  }

  /** These are the others of the fleet, as people open them. */
  learn(urls: readonly string[]): void {
    const others = urls.map(playAt).filter((url) => this.#trusts(url));
    this.#homes = [...new Set([this.#home, this.#first, ...others.slice(0, HOMES_MAX)])];
  }

  /** Of the server where one is, or wants to be. */
  get url(): string {
    return this.#url;
  }

  /** The hello of this connection was answered. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** A `moved` has led here, and nobody has let one in yet. */
  get led(): boolean {
    return this.#led !== null;
  }

  /** What was asked for isn't answered yet. */
  get moving(): boolean {
    return this.#wish !== null;
  }

  /** How a connection begins. */
  hello(): Pick<Hello, "room" | "resume" | "role" | "seat"> {
    const { seat } = this;
    const led = this.#led;
    if (!led) return { room: seat?.room ?? null, resume: seat?.resume ?? null, role: "visitor", seat: null };
    const own = seat?.room === led.room ? seat : null;
    return { room: led.room, resume: own?.resume ?? null, role: own?.role ?? led.role, seat: led.seat };
  }

  /**
   * What was asked for is answered: it is elsewhere. Whether to leave the connection that one has for one to `url`; where that
   * leads in a circle, or out of an encrypted connection, it isn't followed.
   */
  moved(moved: MovedAway): boolean {
    const url = playAt(moved.url);
    this.#hops = this.#greeted ? 0 : this.#hops + 1;
    if (url === this.#url || this.#hops > HOPS_MAX || !this.#trusts(url)) return false;
    this.#url = url;
    this.#led = moved;
    if (this.seat?.room !== moved.room) this.seat = null;
    this.#answered();
    return true;
  }

  /** Back to the first server, as a visitor. Whether one was elsewhere; then the connection that one has is to be left. */
  goHome(): boolean {
    if (this.#url === this.#home) return false;
    this.#url = this.#home;
    this.#led = this.seat = null;
    this.#answered();
    return true;
  }

  /** Asks for something: what to say now, or null: later, or not at all while something else isn't answered. */
  want(wish: Wish): Wish | null {
    if (this.#said) return null;
    this.#wish = wish;
    return this.#sayWish();
  }

  /** What the server says; returns what is to be said in answer. */
  take(message: ServerMessage): ClientMessage | null {
    if (message.type === "error" && this.#said && !NO_ANSWER.has(message.code)) this.#answered();
    if (message.type === "welcome") {
      this.seat = { url: this.#url, room: message.room, role: message.role === "spectator" ? "spectator" : "player", resume: message.resume };
      if (this.#said && this.#wish?.type !== "browse") this.#answered();
    } else if (message.type === "lobby") {
      if (!this.#greeted && this.seat) this.#wish ??= { type: "enter", room: this.seat.room, role: this.seat.role, game: null };
      this.seat = null;
      if (this.#wish?.type === "browse") this.#answered();
    } else {
      return null;
    }
    this.#greeted = true;
    this.#led = null;
    this.#failures = this.#asked = 0;
    return this.#said ? null : this.#sayWish();
  }

  /** The connection was closed with this code, or never was. Whether to come back. */
  ended(code: number, now_ms: number): boolean {
    const has_no_room = !this.#greeted && this.seat !== null && NO_ROOM.has(code);
    const returns = this.#led !== null || has_no_room || comesBackAfter(code);
    if (code === REPLACED || has_no_room) this.seat = null;
    if (this.#greeted || code === ROOM_RETURNING) this.#lost_ms = now_ms;
    if (this.#greeted) this.#shuffle();
    if (code === ROOM_RETURNING) this.#returning();
    else if (!this.#greeted) this.#url = this.#nextUrl(returns, code, now_ms);
    this.#led = null;
    this.#hops = 0;
    this.left();
    if (!returns) this.#wish = null;
    return returns;
  }

  /** A server answered, and is asked again. */
  #returning(): void {
    this.#url = this.#home;
    this.#failures = 0;
  }

  /** After an attempt that failed. */
  #nextUrl(returns: boolean, code: number, now_ms: number): string {
    this.#lost_ms ??= now_ms;
    this.#failures += 1;
    const [home, ...others] = this.#homes as [string, ...string[]];
    if (this.#url === home) {
      this.#asked += 1;
      if (comesBackAfter(code)) this.#homes = [...others, home];
      const is_round = this.#asked % this.#homes.length === 0;
      if (this.seat && returns && is_round && this.isKept(now_ms) && !this.#homes.includes(this.seat.url)) return this.seat.url;
    }
    return this.#home;
  }

  /** The others, in an order of one's own. */
  #shuffle(): void {
    const [home, ...others] = this.#homes as [string, ...string[]];
    const drawn = others.map((url) => [this.#random(), url] as const).sort(([one], [other]) => one - other);
    this.#homes = [home, ...drawn.map(([, url]) => url)];
  }

  /** The server that counts as the first now. */
  get #home(): string {
    return this.#homes[0]!;
  }

  /** The connection is left: what was said over it may not have been heard. */
  left(): void {
    if (this.#said && this.#wish?.type === "open") this.#wish = null;
    this.#greeted = this.#said = false;
  }

  /** One wants to be nowhere any more. */
  leave(): void {
    this.#led = this.seat = null;
    this.#url = this.#home;
    this.#answered();
    this.left();
  }

  /** A token that was said over an encrypted connection isn't said in clear text. */
  #trusts(url: string): boolean {
    return url.startsWith("wss:") || !this.#first.startsWith("wss:");
  }

  #sayWish(): Wish | null {
    if (!this.#greeted || this.#wish === null) return null;
    this.#said = true;
    return this.#wish;
  }

  #answered(): void {
    this.#wish = null;
    this.#said = false;
  }
}

/** The game of the server that people open at `url`. */
export function playAt(url: string): string {
  return `${url.replace(/^http/, "ws").replace(/\/$/, "")}/play`;
}
