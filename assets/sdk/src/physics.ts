/**
 * The server's own engine, compiled for the browser: the same constants, the same geometry, the same bodies, the same bits.
 * The twin of `protocol/physics.py`.
 *
 * A `Space` holds an arena's solid parts and up to BODIES_MAX bodies. A body is a number, from 1; 0 is the arena. Bodies' states
 * stand in one array that the engine reads and writes, `states`, a row for each: to change a body, write its row,
 * then say what of it is meant (`enter`, `move`, `push`); after `step` the rows say what is.
 *
 *     const engine = await loadEngine();
 *     const space = makeSpace(engine, arena);
 *     const ship = space.makeBody(kind);
 *     space.put(ship, { x, y, vx, vy, angle: 0, spin: 0 });
 *     space.steer(ship, helm, input, kind, tick_rate);
 *     space.step(tick_rate);
 *     space.states[ship * STATE_LENGTH + X]
 *
 * `save` and `restore` keep and bring back everything, what the engine remembers of contacts included: what is
 * lived again after a `restore` is what was lived after the `save`, to the last bit. Bodies put in by `enter` are as new.
 *
 * Which contact is solved first depends on the order in which bodies were entered; enter them by rising entity
 * id, which is mostly the server's order.
 */

/// <reference path="./engine.d.ts" />
import engineUrl from "../engine/munk2d.wasm?url";
import { WALL_ELASTICITY, WALL_FRICTION, segmentsOf } from "./arena";
import type { Kind } from "./kinds";
import { type Helm, type Input, steer } from "./motion";
import type { Arena, Point } from "./scene";

/** Collision category (and collision type) of walls, blocks and the border. */
export const WALL = 1;
export const CATEGORY_BITS: Readonly<Record<string, number>> = { ship: 2, shot: 4, rock: 8, crate: 16, pickup: 32, ball: 64 };
/** Which categories each one touches; symmetric. */
export const COLLIDES: Readonly<Record<string, number>> = {
  ship: 1 | 2 | 4 | 8 | 16 | 32 | 64,
  shot: 1 | 2 | 8 | 16 | 64,
  rock: 1 | 2 | 4 | 8 | 16 | 64,
  crate: 1 | 2 | 4 | 8 | 16 | 64,
  pickup: 2,
  ball: 1 | 2 | 4 | 8 | 16 | 64,
};
export const SOLVER_ITERATIONS = 8;
export const STEPS_PER_SECOND_MIN = 60;
/** By how much boxes and polygons are rounded. */
export const BEVEL = 1;
const ALL_CATEGORIES = 0xffffffff;

/** Columns of a row of `Space.states`. */
export const X = 0, Y = 1, VX = 2, VY = 3, ANGLE = 4, SPIN = 5;
export const STATE_LENGTH = 6;
/** In one space at once; the engine's own table has as many slots, and one for the arena. */
export const BODIES_MAX = 127;

/** Units, units/s, radians and radians/s. */
export interface BodyState {
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
  spin: number;
}

/** Two things began to touch in the last tick: a shot and something, or a ship and a pickup. `other` 0 is the arena. */
export interface Contact {
  entity: number;
  other: number;
}

/** A space as it was; for the space that made it. */
export interface Saved {
  bytes: Uint8Array;
  length: number;
}

/** The compiled engine, of which any number of spaces can be made. */
export type Engine = WebAssembly.Module;

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  slots(): number;
  corners_max(): number;
  states(): number;
  corners(): number;
  contacts(): number;
  contact_count(): number;
  kept_from(): number;
  kept_to(): number;
  make_space(iterations: number, ship: number, shot: number, pickup: number): void;
  set_surface(
    elasticity: number, friction: number, sensor: number, type: number, group: number, categories: number, mask: number,
  ): void;
  add_segment(radius: number): void;
  add_block(count: number): void;
  make_circle(mass: number, turns: number, radius: number): number;
  make_box(mass: number, turns: number, side: number, bevel: number): number;
  make_polygon(mass: number, turns: number, count: number, bevel: number): number;
  enter(body: number): void;
  move(body: number): void;
  push(body: number): void;
  leave(body: number): void;
  touched(body: number): number;
  reach(ax: number, ay: number, bx: number, by: number, radius: number, mask: number): number;
  step(dt: number, times: number): void;
}

/** Why there is no engine; its message is a sentence for the player. */
export class CannotForesee extends Error {
  constructor(sentence: string, cause: unknown) {
    super(sentence, { cause });
  }
}

const MISSING = "This browser can't run the game's physics: WebAssembly is missing or turned off. Another browser will help.";
const UNREACHABLE = "The game's physics engine could not be loaded. Loading the page again may help.";

/** Fetches and compiles the engine. Rejects with `CannotForesee` where there is no WebAssembly, or where it can't be fetched. */
export async function loadEngine(url: string = engineUrl): Promise<Engine> {
  if (typeof WebAssembly === "undefined") throw new CannotForesee(MISSING, null);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const streams = response.headers.get("Content-Type") === "application/wasm";
    return await (streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  } catch (error) {
    throw new CannotForesee(UNREACHABLE, error);
  }
}

/** An empty space with the arena's solid parts. */
export function makeSpace(engine: Engine, arena: Arena): Space {
  const space = new Space(engine);
  space.addSolids(arena);
  return space;
}

/** How many steps of the engine make a tick. */
function stepsIn(tick_rate: number): number {
  return Math.ceil(STEPS_PER_SECOND_MIN / tick_rate);
}

/** The radius of the circle around the centre of a body of `kind` that holds all of it. */
export function reachOf(kind: Kind, corners: readonly Point[] = []): number {
  if (kind.shape === "circle") return kind.radius;
  const points = kind.shape === "box" ? [[kind.radius, kind.radius] as const] : corners;
  return Math.max(...points.map(([x, y]) => Math.hypot(x, y))) + BEVEL;
}

export class Space {
  /** A row of STATE_LENGTH for each body, at `body * STATE_LENGTH`. */
  readonly states: Float64Array;
  readonly #engine: Exports;
  readonly #corners: Float64Array;
  readonly #contacts: Int32Array;
  readonly #memory: Uint8Array;
  readonly #kept_from: number;
  readonly #helm: Helm = { vx: 0, vy: 0, boost_ticks: 0 };

  constructor(engine: Engine) {
    const made = new WebAssembly.Instance(engine).exports as unknown as Exports;
    made._initialize();
    made.make_space(SOLVER_ITERATIONS, CATEGORY_BITS["ship"]!, CATEGORY_BITS["shot"]!, CATEGORY_BITS["pickup"]!);
    const { buffer } = made.memory; // of fixed size: views of it stay good
    this.#engine = made;
    this.states = new Float64Array(buffer, made.states(), made.slots() * STATE_LENGTH);
    this.#corners = new Float64Array(buffer, made.corners(), made.corners_max() * 2);
    this.#contacts = new Int32Array(buffer, made.contacts());
    this.#memory = new Uint8Array(buffer);
    this.#kept_from = made.kept_from();
  }

  /** For `makeSpace`: what never moves, in the server's order. */
  addSolids(arena: Arena): void {
    const engine = this.#engine;
    engine.set_surface(WALL_ELASTICITY, WALL_FRICTION, 0, WALL, 0, WALL, ALL_CATEGORIES);
    for (const { a, b, before, after, radius } of segmentsOf(arena)) {
      this.#writeCorners([a, b, before, after].map(({ x, y }) => [x, y] as const));
      engine.add_segment(radius);
    }
    for (const block of arena.blocks) engine.add_block(this.#writeCorners(block.points));
  }

  /**
   * A body of `kind`, not in the space yet; `corners` for a polygon. Bodies of one `group` other than 0 never touch: a ship and
   * its own shots. Throws where there are BODIES_MAX already, which is for the caller to know.
   */
  makeBody(kind: Kind, corners: readonly Point[] = [], group = 0): number {
    const bits = CATEGORY_BITS[kind.category]!;
    this.#engine.set_surface(kind.elasticity, kind.friction, Number(kind.sensor), bits, group, bits, COLLIDES[kind.category]!);
    const body = this.#make(kind, Number(!kind.steered), corners);
    if (body < 0) throw new Error(`more than ${BODIES_MAX} bodies in one space`);
    return body;
  }

  #make(kind: Kind, turns: number, corners: readonly Point[]): number {
    if (kind.shape === "circle") return this.#engine.make_circle(kind.mass, turns, kind.radius);
    if (kind.shape === "box") return this.#engine.make_box(kind.mass, turns, 2 * kind.radius, BEVEL);
    return this.#engine.make_polygon(kind.mass, turns, this.#writeCorners(corners), BEVEL);
  }

  /** Writes a body's row and enters it. */
  put(body: number, state: BodyState): void {
    this.write(body, state);
    this.enter(body);
  }

  write(body: number, { x, y, vx, vy, angle, spin }: BodyState): void {
    const row = body * STATE_LENGTH;
    this.states[row + X] = x;
    this.states[row + Y] = y;
    this.states[row + VX] = vx;
    this.states[row + VY] = vy;
    this.states[row + ANGLE] = angle;
    this.states[row + SPIN] = spin;
  }

  /** Puts a body in the space, or back in it, as new: with its row's state, and nothing remembered of contacts. */
  enter(body: number): void {
    this.#engine.enter(body);
  }

  /** Gives a body its row's state, and lets the engine remember its contacts. */
  move(body: number): void {
    this.#engine.move(body);
  }

  /** Gives a body its row's velocity and spin. */
  push(body: number): void {
    this.#engine.push(body);
  }

  /** Takes a body out for good; its number may be given to another one. */
  remove(body: number): void {
    this.#engine.leave(body);
  }

  /** Applies an input to a ship by the rule of `motion`: what goes into the coming step. Counts `helm.boost_ticks`. */
  steer(body: number, helm: { boost_ticks: number }, now: Input, kind: Kind, tick_rate: number): void {
    const row = body * STATE_LENGTH;
    const steered = this.#helm;
    steered.vx = this.states[row + VX]!;
    steered.vy = this.states[row + VY]!;
    steered.boost_ticks = helm.boost_ticks;
    steer(steered, now, kind, tick_rate);
    this.states[row + VX] = steered.vx;
    this.states[row + VY] = steered.vy;
    helm.boost_ticks = steered.boost_ticks;
    this.#engine.push(body);
  }

  /** One tick of physics; in several steps when ticks are rare, so that nothing tunnels. */
  step(tick_rate: number): void {
    const steps = stepsIn(tick_rate);
    this.#engine.step(1 / (tick_rate * steps), steps);
  }

  /** One step of the engine with nothing in motion: it moves nothing, finds the contacts, and knows what to push apart. */
  stepAtRest(tick_rate: number): void {
    this.#engine.step(1 / (tick_rate * stepsIn(tick_rate)), 1);
  }

  /** What began to touch in the last tick, in the order in which the engine found it. */
  contacts(): Contact[] {
    const count = this.#engine.contact_count();
    return Array.from({ length: count }, (_, at) => ({ entity: this.#contacts[2 * at]!, other: this.#contacts[2 * at + 1]! }));
  }

  /** The category bits of all that a body touches after the last step. */
  touched(body: number): number {
    return this.#engine.touched(body);
  }

  /** How far along the way from a to b something of `radius` gets before it meets a wall, 0..1. What it touches already is not in its way. */
  reach(ax: number, ay: number, bx: number, by: number, radius: number): number {
    return this.#engine.reach(ax, ay, bx, by, radius, WALL);
  }

  /** Keeps everything, in `into`'s bytes if they are enough. */
  save(into: Saved = { bytes: new Uint8Array(), length: 0 }): Saved {
    const end = this.#engine.kept_to();
    into.length = end - this.#kept_from;
    if (into.bytes.length < into.length) into.bytes = new Uint8Array(into.length);
    into.bytes.set(this.#memory.subarray(this.#kept_from, end));
    return into;
  }

  /** Goes back to what was kept: bodies, their states, and the engine's memory of contacts. */
  restore(saved: Saved): void {
    this.#memory.set(saved.bytes.subarray(0, saved.length), this.#kept_from);
  }

  #writeCorners(points: readonly Point[]): number {
    const numbers = points.flat();
    if (numbers.length > this.#corners.length) throw new Error(`a polygon of ${points.length} corners`);
    this.#corners.set(numbers);
    return points.length;
  }
}
