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
 */

import { comesBackAfter } from "./backoff";
import type { Browse, ClientMessage, Enter, Hello, MovedAway, Open, ServerMessage } from "./messages";

/** Where somebody wants to be. */
export type Wish = Enter | Open | Browse;

/** A place in a room, and the token that comes back to it. */
export interface Seat {
  room: string;
  role: "player" | "spectator";
  resume: string;
}

/** Somebody came back to our seat over another connection. */
const REPLACED = 4030;
/** Errors that answer something else: a name, inputs too far ahead, a seat that is gone, chat. */
const NO_ANSWER: ReadonlySet<number> = new Set([4007, 4008, 4015, 4018, 4023]);

export class Itinerary {
  /** null: in the lobby. */
  seat: Seat | null;
  #wish: Wish | null = null;
  #led: MovedAway | null = null;
  /** Over this connection. */
  #greeted = false;
  #said = false;

  /** `seat`: where one was before the page was loaded again. */
  constructor(seat: Seat | null = null) {
    this.seat = seat;
  }

  /** The hello of this connection was answered. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** What was asked for isn't answered yet. */
  get moving(): boolean {
    return this.#wish !== null;
  }

  /** How a connection begins. */
  hello(): Pick<Hello, "room" | "resume" | "role" | "seat"> {
    const led = this.#led;
    this.#led = null;
    if (led) return { room: led.room, resume: null, role: led.role, seat: led.seat };
    return { room: null, resume: this.seat?.resume ?? null, role: "visitor", seat: null };
  }

  /** What was asked for is answered: it is there. The connection that one has is to be left for one to `moved.url`. */
  moved(moved: MovedAway): void {
    this.#led = moved;
    this.seat = null;
    this.#answered();
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
      this.seat = { room: message.room, role: message.role === "spectator" ? "spectator" : "player", resume: message.resume };
      if (this.#said && this.#wish?.type !== "browse") this.#answered();
    } else if (message.type === "lobby") {
      if (!this.#greeted && this.seat) this.#wish ??= { type: "enter", room: this.seat.room, role: this.seat.role, game: null };
      this.seat = null;
      if (this.#wish?.type === "browse") this.#answered();
    } else {
      return null;
    }
    this.#greeted = true;
    return this.#said ? null : this.#sayWish();
  }

  /** The connection was closed with this code, or is left: what was said over it may not have been heard. Whether to come back. */
  closed(code: number): boolean {
    if (code === REPLACED) this.seat = null;
    if (this.#said && this.#wish?.type === "open") this.#wish = null;
    this.#greeted = this.#said = false;
    const returns = comesBackAfter(code);
    if (!returns) this.#wish = null;
    return returns;
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
