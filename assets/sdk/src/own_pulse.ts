/**
 * One's own pulse, drawn at once: where the beam goes is foreseen from what is on the screen. What it hits is the server's to say,
 * which judges it by the same picture (`Inputs.seen`).
 *
 * A pulse that was foreseen isn't drawn again when the server tells of it.
 */

import { type Block, type Segment, blocksOf, segmentsOf } from "./arena";
import type { Interpolation, Track } from "./interpolation";
import { type Input, PULSE } from "./motion";
import { aimFromWire, angleFromWire } from "./quantize";
import { toCircle, toPolygon, toSegment } from "./ray";
import type { Arena, GameEvent, Vec } from "./scene";
import { ticksIn } from "./ticks";

/** As in `server/games/pulse.py`. */
const REACH_UNITS = 600;
const RADIUS = 4;
/** How long it takes to load. */
const LOADING_S = 2.5;
/** The engine rounds its polygons off by this. */
const POLYGON_RADIUS = 1;
/** So long, in ticks, may the server's word of a pulse come after the tick that it was foreseen for. */
const TOLD_TICKS_MAX = 60;
const SOLID: ReadonlySet<string> = new Set(["ship", "rock", "crate", "ball"]);

export class OwnPulse {
  #arena: Arena;
  #segments: readonly Segment[];
  #blocks: readonly Block[];
  readonly #interpolation: Interpolation;
  #fired_tick = -Infinity;
  #untold = false;

  constructor(arena: Arena, interpolation: Interpolation) {
    this.#arena = arena;
    this.#segments = segmentsOf(arena);
    this.#blocks = blocksOf(arena);
    this.#interpolation = interpolation;
  }

  /** Among other walls from now on. */
  moveTo(arena: Arena): void {
    this.#arena = arena;
    this.#segments = segmentsOf(arena);
    this.#blocks = blocksOf(arena);
  }

  /**
   * The beam that `input` lets go at `tick` from a ship at `from`, for the look; null for none. `until` is the tick from which on the server
   * lets the next one go, as it was known at `ack`.
   */
  take(tick: number, input: Input, from: Vec, ship: number, player: number, until: number, ack: number): GameEvent | null {
    const wanted = ((input.buttons | input.edges) & PULSE) !== 0;
    if (!wanted || !this.#hasHeard(tick, ack) || tick < until) return null;
    this.#fired_tick = tick;
    this.#untold = true;
    const aim = aimFromWire(input.aim);
    const way = { x: Math.cos(aim), y: Math.sin(aim) };
    const { reach, hit } = this.#meets(from, way, ship);
    const [to_x, to_y] = [from.x + way.x * reach, from.y + way.y * reach];
    return { name: "pulse", body: { player, x: from.x, y: from.y, to_x, to_y, hit } };
  }

  /** The tick from which on the next may be let go, as far as we know: `until` is the server's, as it was known at `ack`. */
  loadedAt(until: number, tick: number, ack: number, tick_rate: number): number {
    return this.#hasHeard(tick, ack) ? until : Math.max(until, this.#fired_tick + ticksIn(LOADING_S, tick_rate));
  }

  /** Whether the server has said by now what became of our latest. */
  #hasHeard(tick: number, ack: number): boolean {
    return ack >= this.#fired_tick || tick > this.#fired_tick + TOLD_TICKS_MAX;
  }

  /** Whether the server's word of a pulse of ours, at `tick`, is of one that has been drawn already. */
  tells(tick: number): boolean {
    const known = this.#untold && tick >= this.#fired_tick && tick <= this.#fired_tick + TOLD_TICKS_MAX;
    if (known) this.#untold = false;
    return known;
  }

  /** How far it gets, and whose ship it meets there; 0: nobody's. */
  #meets(from: Vec, way: Vec, ship: number): { reach: number; hit: number } {
    let reach = REACH_UNITS;
    for (const wall of this.#segments) reach = Math.min(reach, toSegment(from, way, { ...wall, radius: wall.radius + RADIUS }));
    for (const block of this.#blocks) reach = Math.min(reach, toPolygon(from, way, block.corners, RADIUS));
    let hit = 0;
    for (const [id, track] of this.#interpolation.tracks) {
      if (id === ship || track.born > this.#interpolation.tick || !SOLID.has(track.kind.category)) continue;
      const away = this.#to(from, way, track);
      if (away >= reach) continue;
      reach = away;
      hit = track.kind.category === "ship" ? track.beliefs[0]!.published.owner : 0;
    }
    return { reach, hit };
  }

  #to(from: Vec, way: Vec, { kind, at, beliefs }: Track): number {
    if (kind.shape === "circle") return toCircle(from, way, at, kind.radius + RADIUS);
    const { radius } = kind;
    const square = [[-radius, -radius], [radius, -radius], [radius, radius], [-radius, radius]] as const;
    const points = kind.shape === "box" ? square : (this.#arena.rocks[beliefs[0]!.published.variant]?.points ?? []);
    const angle = angleFromWire(at.angle);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const corners = points.map(([x, y]) => ({ x: at.x + x * c - y * s, y: at.y + x * s + y * c }));
    return toPolygon(from, way, corners, RADIUS + POLYGON_RADIUS);
  }
}
