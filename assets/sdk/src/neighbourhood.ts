/**
 * The small world that a client lives ahead of the server: our ship, the arena's solid parts, and what is close by.
 * The twin of `bots/neighbourhood.py`.
 *
 * It is the server's engine with the server's shapes (`physics`) and its rule of steering (`motion`), so what happens in it
 * is what will happen there, as far as we know what the others do. `restore` puts everything where the server said it was;
 * `step` lives one tick. What follows is a function of what was restored and of the inputs, to the bit, whatever happened
 * before; golden vectors of the bots' hold it to theirs.
 *
 *     restore   begin with the arena alone; put in our ship, then the bodies by ascending entity, new and at rest; let the
 *               engine take one step with everything at rest; give everything its velocity
 *     step      steer our ship; steer the other ships by their stick, which is held; let the engine take a tick's steps
 *
 * The server's engine found its contacts at the end of a step, and moves apart what overlaps in the next. No message carries
 * that, and none needs to, for it depends on the places alone: the step at rest moves nothing, finds the same contacts at the
 * same places, and so owes the same pushes. Only the impulses of the last step, with which the engine starts its search for
 * the next, are lost, and the order in which it visits contacts, which depends on where things were before and on how many
 * there have been. Where a body has one contact they make no difference; where it is caught between two, some.
 */

import { rockCorners } from "./arena";
import type { Kind } from "./kinds";
import { type Input, gainOf, keepOf, thrustOf } from "./motion";
import * as physics from "./physics";
import { ANGLE, type Engine, SPIN, STATE_LENGTH, type Saved, type Space, VX, VY, X, Y, makeSpace, reachOf } from "./physics";
import type { Arena, Point } from "./scene";

/** Our ship after a tick: units and units/s. */
export interface ShipState {
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
  readonly boost_ticks: number;
}

/** Something beside it: units, units/s, radians and radians/s. `kind` and `variant` as published. */
export interface BodyState extends physics.BodyState {
  entity: number;
  kind: number;
  variant: number;
  /** The stick that it is steered by. */
  move_x: number;
  move_y: number;
}

interface Beside {
  entity: number;
  body: number;
  reach: number;
}

/** What moves by a stick that is held: each tick its velocity becomes velocity * keep + push. */
interface Steered {
  row: number;
  body: number;
  keep: number;
  push_x: number;
  push_y: number;
}

const NO_CORNERS: readonly Point[] = [];

/** An arena's solid parts, our ship, and what is beside it. */
export class Neighbourhood {
  readonly #arena: Arena;
  readonly #kinds: readonly Kind[];
  readonly #ship: Kind;
  readonly #tick_rate: number;
  readonly #space: Space;
  /** The space with nothing that moves. */
  readonly #empty: Saved;
  #now: Saved | undefined;
  #body = 0;
  #touched = 0;
  readonly #helm = { boost_ticks: 0 };
  #beside: Beside[] = [];
  /** The same, as it was restored. */
  #told: BodyState[] = [];
  #steered: Steered[] = [];

  constructor(engine: Engine, arena: Arena, kinds: readonly Kind[], ship: Kind, tick_rate: number) {
    this.#arena = arena;
    this.#kinds = kinds;
    this.#ship = ship;
    this.#tick_rate = tick_rate;
    this.#space = makeSpace(engine, arena);
    this.#empty = this.#space.save();
  }

  /** Whether our ship has nothing beside it. */
  get is_alone(): boolean {
    return this.#beside.length === 0;
  }

  /** Be as the server was after a tick. Bodies of one polygon each have their own variant. */
  restore(own: ShipState, bodies: readonly BodyState[]): void {
    const space = this.#space;
    space.restore(this.#empty);
    this.#helm.boost_ticks = own.boost_ticks;
    this.#body = space.makeBody(this.#ship);
    space.put(this.#body, { x: own.x, y: own.y, vx: 0, vy: 0, angle: 0, spin: 0 });
    const ascending = [...bodies].sort((one, other) => one.entity - other.entity);
    this.#told = ascending;
    this.#beside = ascending.map((state) => this.#putIn(state));
    space.stepAtRest(this.#tick_rate);
    this.#push(this.#body, own.vx, own.vy, 0);
    this.#beside.forEach(({ body }, at) => this.#push(body, ascending[at]!.vx, ascending[at]!.vy, ascending[at]!.spin));
    this.#steered = ascending.flatMap((state, at) => this.#held(this.#beside[at]!.body, state));
  }

  /** Live one tick, steered by `now`; our ship after it. */
  step(now: Input): ShipState {
    const { states } = this.#space;
    this.#space.steer(this.#body, this.#helm, now, this.#ship, this.#tick_rate);
    for (const { row, body, keep, push_x, push_y } of this.#steered) {
      states[row + VX] = states[row + VX]! * keep + push_x;
      states[row + VY] = states[row + VY]! * keep + push_y;
      this.#space.push(body);
    }
    this.#space.step(this.#tick_rate);
    this.#touched |= this.#space.touched(this.#body);
    return this.#own();
  }

  /** The category bits of all that our ship has touched since this was asked last. */
  takeTouched(): number {
    const touched = this.#touched;
    this.#touched = 0;
    return touched;
  }

  /** Our ship after one more tick, which is not lived; `seen` is called while everything is as it would be then. */
  peek(now: Input, seen: () => void): ShipState {
    const { boost_ticks } = this.#helm;
    const touched = this.#touched;
    this.#now = this.#space.save(this.#now);
    const next = this.step(now);
    seen();
    this.#space.restore(this.#now);
    this.#helm.boost_ticks = boost_ticks;
    this.#touched = touched;
    return next;
  }

  /** What is beside our ship, by ascending entity: its state, as it is now. */
  look(seen: (entity: number, state: physics.BodyState, reach: number) => void): void {
    const { states } = this.#space;
    for (const { entity, body, reach } of this.#beside) {
      const row = body * STATE_LENGTH;
      const [x, y, vx, vy] = [states[row + X]!, states[row + Y]!, states[row + VX]!, states[row + VY]!];
      seen(entity, { x, y, vx, vy, angle: states[row + ANGLE]!, spin: states[row + SPIN]! }, reach);
    }
  }

  /** The same, each with all that there is to say of it. */
  beside(): BodyState[] {
    const bodies: BodyState[] = [];
    this.look((_, state) => bodies.push({ ...this.#told[bodies.length]!, ...state }));
    return bodies;
  }

  /** Whether it turns: all do but ships, whose angle is their aim. */
  turns({ kind }: BodyState): boolean {
    return !this.#kinds[kind]!.steered;
  }

  /** Whether `body` comes within `margin_units` of our ship in `seconds` if both go straight on towards each other. */
  mayTouch(own: ShipState, body: BodyState, seconds: number, margin_units: number): boolean {
    const [x, y, vx, vy] = [body.x - own.x, body.y - own.y, body.vx - own.vx, body.vy - own.vy];
    const apart = Math.hypot(x, y);
    const gap = apart - this.#ship.radius - this.#reach(body) - margin_units;
    return gap * apart <= Math.max(0, -(x * vx + y * vy)) * seconds;
  }

  #own(): ShipState {
    const { states } = this.#space;
    const row = this.#body * STATE_LENGTH;
    const { boost_ticks } = this.#helm;
    return { x: states[row + X]!, y: states[row + Y]!, vx: states[row + VX]!, vy: states[row + VY]!, boost_ticks };
  }

  /** New, and at rest. */
  #putIn(state: BodyState): Beside {
    const kind = this.#kinds[state.kind]!;
    const body = this.#space.makeBody(kind, this.#corners(kind, state.variant));
    this.#space.put(body, { x: state.x, y: state.y, vx: 0, vy: 0, angle: state.angle, spin: 0 });
    return { entity: state.entity, body, reach: this.#reach(state) };
  }

  #push(body: number, vx: number, vy: number, spin: number): void {
    const row = body * STATE_LENGTH;
    this.#space.states[row + VX] = vx;
    this.#space.states[row + VY] = vy;
    this.#space.states[row + SPIN] = spin;
    this.#space.push(body);
  }

  #held(body: number, { kind: number, move_x, move_y }: BodyState): Steered[] {
    const kind = this.#kinds[number]!;
    if (kind.drag === 0) return [];
    const gain = gainOf(kind, this.#tick_rate);
    const { x, y } = thrustOf(move_x, move_y);
    return [{ row: body * STATE_LENGTH, body, keep: keepOf(kind, this.#tick_rate), push_x: x * gain, push_y: y * gain }];
  }

  #reach({ kind: number, variant }: BodyState): number {
    const kind = this.#kinds[number]!;
    return reachOf(kind, this.#corners(kind, variant));
  }

  #corners(kind: Kind, variant: number): readonly Point[] {
    return kind.shape === "polygon" ? rockCorners(this.#arena, variant) : NO_CORNERS;
  }
}
