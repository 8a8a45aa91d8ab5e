/**
 * Where somebody looks who doesn't play: along with a player, or wherever they like. Pure.
 *
 * Whoever is followed and has no ship just now is waited for where they were last. A push of one's own lets go of them.
 */

import type { Vec } from "@ricochet/sdk";

/** How fast the camera roams, in screen lengths' worth of units a second. */
const ROAM_UNITS_PER_S = 1100;
/** How fast it turns to somebody else. */
const TURN_S = 0.12;
const JUMP_UNITS = 900;

export class Gaze {
  x: number;
  y: number;
  /** A player's number; 0: nobody's. */
  followed = 0;
  private readonly width: number;
  private readonly height: number;

  constructor(size: { width: number; height: number }) {
    this.width = size.width;
    this.height = size.height;
    this.x = size.width / 2;
    this.y = size.height / 2;
  }

  follow(player: number): void {
    this.followed = player;
  }

  /** The next of `players` (in their order), or the one before; after the last comes nobody. */
  turn(players: readonly number[], step: 1 | -1): void {
    const order = [0, ...players];
    const at = Math.max(0, order.indexOf(this.followed));
    this.followed = order[(at + step + order.length) % order.length]!;
  }

  /** Pushes the camera, by units. */
  drag(dx: number, dy: number): void {
    this.followed = 0;
    this.place(this.x + dx, this.y + dy);
  }

  /** Roams for a moment, `way` of length 1 at most. */
  roam(way: Vec, seconds: number): void {
    if (way.x !== 0 || way.y !== 0) this.drag(way.x * ROAM_UNITS_PER_S * seconds, way.y * ROAM_UNITS_PER_S * seconds);
  }

  /** Goes along with the ship of whoever is followed; undefined: there is none. */
  keep(ship: Vec | undefined, seconds: number, at_once: boolean): void {
    if (!ship || this.followed === 0) return;
    const [dx, dy] = [ship.x - this.x, ship.y - this.y];
    const share = at_once || Math.hypot(dx, dy) > JUMP_UNITS ? 1 : 1 - Math.exp(-seconds / TURN_S);
    this.place(this.x + dx * share, this.y + dy * share);
  }

  private place(x: number, y: number): void {
    this.x = Math.max(0, Math.min(this.width, x));
    this.y = Math.max(0, Math.min(this.height, y));
  }
}
