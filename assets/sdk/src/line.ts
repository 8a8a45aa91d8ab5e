/**
 * One WebSocket at a time, and the network it seems to have.
 *
 * That can be made to seem worse than it is (`worsen`): what is said and what arrives, the end included, then waits. Of a socket that
 * was left nothing is heard any more.
 */

import type { Codec, Wire } from "./codec";
import { Delayed } from "./delayed";
import { type Conditions, isPerfect } from "./netsim";

/** Of the simulated network, up and down: the same sliders are the same network for everybody. */
const SEEDS = [1, 2] as const;

/** Who listens. */
export interface Ends {
  opened(): void;
  arrived(wire: Wire): void;
  ended(code: number, reason: string): void;
}

export class Line {
  readonly #ends: Ends;
  #socket: WebSocket | null = null;
  /** Both ways of the network that is simulated; null: none is. */
  #worse: { up: Delayed; down: Delayed } | null = null;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Whether there is a socket, open or about to be. */
  get exists(): boolean {
    return this.#socket !== null;
  }

  get connecting(): boolean {
    return this.#socket?.readyState === WebSocket.CONNECTING;
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** A new socket in place of the one that there was. Throws where the page may not connect to `url`. */
  dial(url: string, subprotocol: Codec["subprotocol"]): void {
    this.leave();
    const socket = new WebSocket(url, subprotocol);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#ends.opened();
    socket.onmessage = ({ data }: MessageEvent<Wire>) => {
      if (this.#worse) this.#worse.down.pass(sizeOf(data), () => socket === this.#socket && this.#ends.arrived(data));
      else this.#ends.arrived(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.#worse) this.#worse.down.pass(0, () => socket === this.#socket && this.#ends.ended(code, reason));
      else this.#ends.ended(code, reason);
    };
    this.#socket = socket;
  }

  /** For when it is open. */
  send(wire: Uint8Array<ArrayBuffer> | string): void {
    const socket = this.#socket;
    if (!socket) return;
    if (this.#worse) {
      const kept = wire.slice(); // the codec may write over its own
      this.#worse.up.pass(wire.length, () => socket === this.#socket && socket.send(kept));
    } else {
      socket.send(wire);
    }
  }

  /** What was said arrives now. */
  flush(): void {
    this.#worse?.up.flush();
  }

  leave(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#worse?.up.drop();
    this.#worse?.down.drop();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
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
}

export function sizeOf(wire: Wire): number {
  return typeof wire === "string" ? wire.length : wire.byteLength;
}
