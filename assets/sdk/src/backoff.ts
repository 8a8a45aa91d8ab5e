/**
 * When to come back after a connection ended: PROTOCOL.md, section 9. The twin of `bots/backoff.py`.
 *
 * The delay grows from half a second to ten, and each is jittered by half, so that a thousand clients that lost the
 * server at once don't return at once. Whose seat is still kept waits two seconds at most, for it isn't kept for long.
 */

const DELAY_S_MIN = 0.5;
const DELAY_S_MAX = 10;
const SEATED_DELAY_S_MAX = 2;
const JITTER = 0.5;
const RETURNING_S = 2;

/** The room has lost its server, and is expected back. */
export const ROOM_RETURNING = 4035;

/** Closures that are not our fault: of the WebSocket layer, and a hello that was late, too slow, silent, room closed, server stopping, server fault, room returning. */
const RETURN_AFTER: ReadonlySet<number> = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 4006, 4013, 4014, 4031, 4032, 4033, ROOM_RETURNING]);

export function comesBackAfter(code: number): boolean {
  return RETURN_AFTER.has(code);
}

/** The delays of one client. */
export class Backoff {
  #delay_s = DELAY_S_MIN;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How long to wait before the next attempt; `has_seat`: one is kept for us. */
  next_s(has_seat = false): number {
    const delay_s = this.#delay_s;
    this.#delay_s = Math.min(DELAY_S_MAX, delay_s * 2);
    return (has_seat ? Math.min(delay_s, SEATED_DELAY_S_MAX) : delay_s) * (1 - JITTER + 2 * JITTER * this.#random());
  }

  /** How long to wait where the room is expected back. That is an answer: after it delays begin anew. */
  returning_s(): number {
    this.succeeded();
    return RETURNING_S * (1 - JITTER + 2 * JITTER * this.#random());
  }

  /** We were welcome: begin anew. */
  succeeded(): void {
    this.#delay_s = DELAY_S_MIN;
  }
}
