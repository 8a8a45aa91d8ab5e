/**
 * One tick of a circle among solid walls, as the server's engine (Chipmunk) takes it: a step, or several where ticks are rare.
 *
 *     1  positions move with the velocity set before, and out of what they overlap ("bias": a tenth of the overlap)
 *     2  contacts are found where the circle is now
 *     3  velocities bounce: per contact an impulse along its normal and, bounded by that, friction; eight rounds
 *
 * A bias depends on the place alone, so nothing but place and velocity needs to be remembered between steps.
 * Moving things are not here: they come with the server's own engine, behind the same `Engine`.
 */

import { type Block, type Segment, WALL_ELASTICITY, WALL_FRICTION, blocksOf, segmentsOf } from "./arena";
import type { Kind } from "./kinds";
import type { Arena, Vec } from "./scene";

/** Where something is and where it goes; changed in place. */
export interface Body {
  x: number;
  y: number;
  vx: number;
  vy: number;
}

/** What predicts: takes one body of `kind` one tick on. */
export interface Engine {
  step(body: Body, kind: Kind, tick_rate: number): void;
}

/** Where a circle touches: `nx`, `ny` point into the wall; `gap` is negative by the overlap. */
export interface Contact {
  nx: number;
  ny: number;
  gap: number;
}

/** Chipmunk's defaults, single precision as in its source: overlap that is let be, and what is left of the rest after a second. */
const COLLISION_SLOP = Math.fround(0.1);
const COLLISION_BIAS_PER_S = Math.fround(1 - Math.fround(0.1)) ** 60;
const SOLVER_ITERATIONS = 8;
/** Where ticks are rare the engine takes several steps to each, so that nothing passes through a wall. */
const STEPS_PER_SECOND_MIN = 60;

const BUCKET_UNITS = 128;
/** No body that is stepped here is larger. */
const RADIUS_MAX = 48;

type Solid = Segment | Block;

/** An arena's walls, sorted into squares so that a step looks at few of them. */
export class Walls implements Engine {
  readonly #buckets = new Map<number, Solid[]>();

  constructor(arena: Arena) {
    for (const segment of segmentsOf(arena)) this.#place(segment, [segment.a, segment.b], segment.radius);
    for (const block of blocksOf(arena)) this.#place(block, block.corners, 0);
  }

  step(body: Body, kind: Kind, tick_rate: number): void {
    const steps = Math.ceil(STEPS_PER_SECOND_MIN / tick_rate);
    for (let done = 0; done < steps; done += 1) this.#step(body, kind, tick_rate * steps);
  }

  #step(body: Body, kind: Kind, rate: number): void {
    const push = pushOut(this.contacts(body, kind.radius), rate);
    body.x += (body.vx + push.x) / rate;
    body.y += (body.vy + push.y) / rate;
    bounce(body, this.contacts(body, kind.radius), kind.elasticity * WALL_ELASTICITY, kind.friction * WALL_FRICTION);
  }

  /** What a circle touches at this place. */
  contacts(centre: Vec, radius: number): Contact[] {
    const near = this.#buckets.get(bucket(Math.floor(centre.x / BUCKET_UNITS), Math.floor(centre.y / BUCKET_UNITS)));
    if (!near) return [];
    const found = near.map((solid) => ("corners" in solid ? toBlock(centre, radius, solid) : toSegment(centre, radius, solid)));
    return found.filter((contact) => contact.gap < 0);
  }

  #place(solid: Solid, points: readonly Vec[], radius: number): void {
    const reach = radius + RADIUS_MAX;
    const square = (value: number) => Math.floor(value / BUCKET_UNITS);
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    for (let row = square(Math.min(...ys) - reach); row <= square(Math.max(...ys) + reach); row += 1) {
      for (let column = square(Math.min(...xs) - reach); column <= square(Math.max(...xs) + reach); column += 1) {
        const key = bucket(column, row);
        this.#buckets.set(key, [...(this.#buckets.get(key) ?? []), solid]);
      }
    }
  }
}

function bucket(column: number, row: number): number {
  return row * 4096 + column;
}

function toSegment(centre: Vec, radius: number, { a, b, radius: thickness }: Segment): Contact {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((centre.x - a.x) * dx + (centre.y - a.y) * dy) / lengthSquared;
  const clamped = Math.max(0, Math.min(1, along));
  return towards(centre, radius, a.x + dx * clamped, a.y + dy * clamped, thickness, { x: -dy, y: dx });
}

/** From outside the nearest point of any edge, from inside the edge that is the nearest way out. */
function toBlock(centre: Vec, radius: number, { corners }: Block): Contact {
  let nearest: Contact = { nx: 0, ny: 0, gap: Infinity };
  let shallowest: Contact = { nx: 0, ny: 0, gap: -Infinity };
  for (let at = 0; at < corners.length; at += 1) {
    const a = corners[at]!;
    const b = corners[(at + 1) % corners.length]!;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const outX = (b.y - a.y) / length;
    const outY = (a.x - b.x) / length;
    const apart = (centre.x - a.x) * outX + (centre.y - a.y) * outY;
    if (apart - radius > shallowest.gap) shallowest = { nx: -outX, ny: -outY, gap: apart - radius };
    const touch = toSegment(centre, radius, { a, b, radius: 0 });
    if (touch.gap < nearest.gap) nearest = touch;
  }
  const inside = shallowest.gap <= -radius;
  return inside ? shallowest : nearest;
}

function towards(centre: Vec, radius: number, x: number, y: number, thickness: number, fallback: Vec): Contact {
  const distance = Math.hypot(x - centre.x, y - centre.y);
  const gap = distance - radius - thickness;
  if (distance > 0) return { nx: (x - centre.x) / distance, ny: (y - centre.y) / distance, gap };
  const length = Math.hypot(fallback.x, fallback.y) || 1;
  return { nx: fallback.x / length, ny: fallback.y / length, gap };
}

/** The velocity, for one step, that takes overlaps out. */
function pushOut(contacts: readonly Contact[], rate: number): Vec {
  const push = { x: 0, y: 0 };
  const share = 1 - COLLISION_BIAS_PER_S ** (1 / rate);
  const given = contacts.map(() => 0);
  for (let round = 0; round < SOLVER_ITERATIONS && contacts.length > 0; round += 1) {
    contacts.forEach(({ nx, ny, gap }, at) => {
      const wanted = -share * Math.min(0, gap + COLLISION_SLOP) * rate;
      const more = Math.max(0, given[at]! + wanted + push.x * nx + push.y * ny) - given[at]!;
      given[at]! += more;
      push.x -= nx * more;
      push.y -= ny * more;
    });
  }
  return push;
}

/** Contacts' impulses, per unit of mass: a ship doesn't turn, so its mass cancels out. */
function bounce(body: Body, contacts: readonly Contact[], elasticity: number, friction: number): void {
  const solved = contacts.map(({ nx, ny }) => ({ nx, ny, back: (body.vx * nx + body.vy * ny) * elasticity, along: 0, across: 0 }));
  for (let round = 0; round < SOLVER_ITERATIONS && solved.length > 0; round += 1) {
    for (const contact of solved) {
      const { nx, ny } = contact;
      const along = Math.max(0, contact.along + contact.back + body.vx * nx + body.vy * ny);
      const slide = -body.vx * ny + body.vy * nx;
      const most = friction * along;
      const across = Math.max(-most, Math.min(most, contact.across + slide));
      body.vx -= nx * (along - contact.along) - ny * (across - contact.across);
      body.vy -= ny * (along - contact.along) + nx * (across - contact.across);
      contact.along = along;
      contact.across = across;
    }
  }
}
