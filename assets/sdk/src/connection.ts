/**
 * The conversation with the server, kept up: hello, welcome, pings, and coming back when it breaks.
 *
 *     connecting  ->  playing  ->  lost  ->  connecting  …        the closure was nobody's fault, or the network's
 *                             ->  refused                         until the player asks again
 *
 * Every message but a pong goes to the listener. The token that resumes a seat is kept in the tab's session storage, so that
 * a reload comes back to the same ship; that is why nothing is said when the page goes. Pings ride on what arrives, not on a
 * timer, for a hidden tab's timers sleep.
 *
 * The network can be made to seem worse than it is (`worsen`): what is said and what arrives, the end included, then waits.
 */

import { Backoff, comesBackAfter } from "./backoff";
import type { Codec, Wire } from "./codec";
import { Delayed } from "./delayed";
import { type ClientMessage, PROTOCOL_VERSION, type ServerMessage } from "./messages";
import { type Conditions, isPerfect } from "./netsim";
import type { LinkState } from "./scene";

const PING_EVERY_MS = 1000;
/** With nothing heard for so long the network is gone, though no one told us. */
const SILENCE_MS_MAX = 8000;
const WATCH_EVERY_MS = 1000;
const RESUME_KEY = "ricochet.resume";
/** The close codes of a connection that broke, and of one whose session another tab took over. */
const LOST_CLOSURE = 1006;
const REPLACED = 4030;
/** Of the simulated network, up and down: the same sliders are the same network for everybody. */
const SEEDS = [1, 2] as const;

export interface Address {
  url: string;
  room: string | null;
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
  #socket: WebSocket | null = null;
  /** Both ways of the network that is simulated; null: none is. */
  #worse: { up: Delayed; down: Delayed } | null = null;
  #state: LinkState["state"] = "connecting";
  #name = "";
  #last_words = "";
  #retry_ms = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hello_ms = 0;
  #heard_ms = 0;
  #pinged_ms = 0;

  constructor(address: Address, codec: Codec, listener: Listener) {
    this.#address = address;
    this.#codec = codec;
    this.#listener = listener;
    setInterval(() => this.#watch(), WATCH_EVERY_MS);
  }

  get state(): LinkState["state"] {
    return this.#state;
  }

  /** Joins under this name, now. */
  join(name: string): void {
    this.#name = name;
    this.#connect();
  }

  /** Says something, if anybody listens. */
  send(message: ClientMessage): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const wire = this.#codec.encode(message);
    if (this.#worse) {
      const kept = wire.slice(); // the codec may write over its own
      this.#worse.up.pass(wire.length, () => socket === this.#socket && socket.send(kept));
    } else {
      socket.send(wire);
    }
    this.traffic.sent_messages += 1;
    this.traffic.sent_bytes += wire.length;
  }

  /** The player is looking again, or the network is back: an attempt that was put off is made now. */
  hurry(): void {
    if (this.#state === "lost" && !this.#socket) this.#connect();
  }

  /** Breaks the connection as the network would. */
  drop(): void {
    this.#end(LOST_CLOSURE, "");
  }

  /** From now on the network seems to be so much worse than it is. What is under way arrives as it would have. */
  worsen(conditions: Conditions): void {
    if (isPerfect(conditions)) {
      const { up, down } = this.#worse ?? {};
      this.#worse = null;
      up?.flush();
      down?.flush();
    } else if (this.#worse) {
      this.#worse.up.change(conditions);
      this.#worse.down.change(conditions);
    } else {
      const [up, down] = SEEDS.map((seed) => new Delayed(conditions, seed, performance.now()));
      this.#worse = { up: up!, down: down! };
    }
  }

  link(now_ms: number): LinkState {
    const retry_in_s = this.#state === "lost" ? Math.max(0, this.#retry_ms - now_ms) / 1000 : 0;
    return { state: this.#state, reason: this.reason, retry_in_s };
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#leaveSocket();
    if (this.#state === "refused") this.#become("connecting");
    this.#last_words = "";
    this.#heard_ms = performance.now();
    this.traffic.connections += 1;
    const socket = new WebSocket(this.#address.url, this.#codec.subprotocol);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#hello();
    socket.onmessage = ({ data }: MessageEvent<Wire>) => {
      if (this.#worse) this.#worse.down.pass(sizeOf(data), () => socket === this.#socket && this.#take(data));
      else this.#take(data);
    };
    socket.onclose = ({ code, reason }) => {
      const end = () => this.#end(code, this.#last_words || reason);
      if (this.#worse) this.#worse.down.pass(0, () => socket === this.#socket && end());
      else end();
    };
    this.#socket = socket;
  }

  #hello(): void {
    const { room, token } = this.#address;
    const resume = stored();
    const [role, bot] = ["player", false] as const;
    this.#heard_ms = this.#hello_ms = performance.now();
    this.send({ type: "hello", version: PROTOCOL_VERSION, name: this.#name, token, room, resume, role, bot });
  }

  #take(wire: Wire): void {
    const now_ms = performance.now();
    this.#heard_ms = now_ms;
    this.traffic.received_messages += 1;
    this.traffic.received_bytes += sizeOf(wire);
    const message = this.#codec.decode(wire);
    if (message?.type === "pong") this.rtt_ms = now_ms - message.nonce / 1000;
    if (message?.type === "welcome") this.rtt_ms = now_ms - this.#hello_ms;
    if (message?.type === "bye") this.#last_words = message.sentence;
    if (message && message.type !== "pong") this.#listener.heard(message, now_ms);
    if (message?.type === "welcome") this.#welcome(message.resume);
    if (this.#state === "playing" && now_ms - this.#pinged_ms >= PING_EVERY_MS) this.#ping(now_ms);
  }

  #welcome(resume: string): void {
    this.reason = "";
    this.#backoff.succeeded();
    store(resume);
    this.#become("playing");
  }

  /** The nonce is when it was said, in µs of the page's clock. */
  #ping(now_ms: number): void {
    this.#pinged_ms = now_ms;
    this.send({ type: "ping", nonce: Math.round(now_ms * 1000), rtt_ms: Math.min(60_000, Math.round(this.rtt_ms)) });
  }

  #end(code: number, reason: string): void {
    this.#leaveSocket();
    clearTimeout(this.#retry);
    if (code === REPLACED) store("");
    if (reason || this.#state !== "lost") this.reason = reason; // an attempt that failed in silence is not the reason
    if (!comesBackAfter(code)) {
      this.reason ||= `The server closed the connection (${code}).`;
      this.#become("refused");
      return;
    }
    const delay_ms = this.#backoff.next_s() * 1000;
    this.#retry_ms = performance.now() + delay_ms;
    this.#retry = setTimeout(() => this.#connect(), delay_ms);
    this.#become("lost");
  }

  #become(state: LinkState["state"]): void {
    this.#state = state;
    this.#listener.changed();
  }

  #leaveSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#worse?.up.drop();
    this.#worse?.down.drop();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #watch(): void {
    if (this.#socket && performance.now() - this.#heard_ms > SILENCE_MS_MAX) this.#end(LOST_CLOSURE, "The server has gone silent");
  }
}

function sizeOf(wire: Wire): number {
  return typeof wire === "string" ? wire.length : wire.byteLength;
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(RESUME_KEY) || null;
  } catch {
    return null;
  }
}

function store(token: string): void {
  try {
    sessionStorage.setItem(RESUME_KEY, token);
  } catch {
    // Forbidden: a reload will then join anew.
  }
}
