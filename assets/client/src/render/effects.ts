/**
 * What happened between two render frames, told from what changed on screen.
 *
 * The server publishes states, not sparks: a shot whose bounce count rose has bounced, a ship that vanished in plain view
 * was destroyed. Reading it off the states costs no bandwidth, happens at the very place and moment where the player sees
 * it, and can't disagree with it. Sparks, shake and sound all start here.
 *
 * Rules: an entity that vanished near the edge of what the server tells of has only left, when a match is spoken of anew
 * everything is laid anew, and what changed while nobody looked has changed some time; none of these is an effect. Pure.
 */

import {
  BOOSTING_BIT, type Drawn, PROTECTED_BIT, type Scene, SHIELD_BIT, shipStatus, type Vec, VIEW_REACH,
} from "@ricochet/sdk";

export type EffectName =
  | "shot"
  | "bounce"
  | "spent"
  | "explosion"
  | "hurt"
  | "shield_down"
  | "boost"
  | "spawn"
  | "crate_hurt"
  | "debris"
  | "pickup"
  | "pulse"
  | "kick";

export interface Effect {
  name: EffectName;
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
  /** Player id whose entity it is, 0 = nobody. */
  owner: number;
  mine: boolean;
  /** shot, bounce, spent: bounces. kick: how hard, 0..1. hurt: hull lost, 0..1. pickup: variant. pulse: 1 where it hit a ship. */
  amount: number;
}

interface Seen {
  kind: string;
  variant: number;
  owner: number;
  mine: boolean;
  status: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
  drawing: number;
}

/** Where the server may simply have stopped telling us. */
const EDGE = VIEW_REACH - 48;
/** A change of a ball's velocity from which on it was kicked, or bounced; and the hardest. */
const KICK_UNITS_PER_S = 70;
const HARD_UNITS_PER_S = 700;
/** How long a new match takes until everything is in its place. */
const LAYING_S = 0.6;
/** Between two drawings; a longer one is no moment any more (a hidden tab). */
const GAP_S_MAX = 1;

export class EffectReader {
  private readonly seen = new Map<number, Seen>();
  private readonly found: Effect[] = [];
  private drawing = 0;
  private match: Scene["match"] | undefined;
  private laid_s = -Infinity;
  private read_s = -Infinity;

  /** The effects since the last call; the array is reused by the next. `around`: the middle of what the server tells of. */
  read(scene: Scene, around: Vec = scene.camera): readonly Effect[] {
    this.found.length = 0;
    if (scene.time_s - this.read_s > GAP_S_MAX) this.forget();
    this.read_s = scene.time_s;
    this.drawing += 1;
    this.watchMatch(scene);
    const laying = this.drawing === 1 || scene.time_s < this.laid_s;
    for (const entity of scene.entities) {
      const before = this.seen.get(entity.id);
      if (before === undefined || before.kind !== entity.kind) {
        if (!laying) this.appeared(entity);
        this.seen.set(entity.id, copy(entity, this.drawing));
      } else {
        this.changed(before, entity);
        remember(before, entity, this.drawing);
      }
    }
    for (const [id, before] of this.seen) {
      if (before.drawing === this.drawing) continue;
      this.seen.delete(id);
      if (!laying && inPlainView(before, around)) this.vanished(before);
    }
    return this.found;
  }

  /** Forgets everything: the next scene is of another arena, or comes after a gap. */
  forget(): void {
    this.seen.clear();
    this.drawing = 0;
  }

  private watchMatch({ match, time_s }: Scene): void {
    if (match !== this.match && this.match !== undefined) this.laid_s = time_s + LAYING_S;
    this.match = match;
  }

  private appeared(now: Drawn): void {
    if (now.kind === "shot" && now.status === 0) this.tell("shot", now, 0);
    if (now.kind === "ship" && (now.status & PROTECTED_BIT) !== 0) this.tell("spawn", now, 0);
  }

  private changed(before: Seen, now: Drawn): void {
    if (now.kind === "shot") {
      if (now.status > before.status) this.tell("bounce", now, now.status);
    } else if (now.kind === "ship") {
      this.shipChanged(before, now);
    } else if (now.kind === "crate") {
      if (now.status < before.status) this.tell("crate_hurt", now, before.status - now.status);
    } else if (now.kind === "ball") {
      const jolt = Math.hypot(now.vx - before.vx, now.vy - before.vy);
      if (jolt > KICK_UNITS_PER_S) this.tell("kick", now, Math.min(1, jolt / HARD_UNITS_PER_S));
    }
  }

  private shipChanged(before: Seen, now: Drawn): void {
    const lost = shipStatus(before.status).hull - shipStatus(now.status).hull;
    if (lost > 0) this.tell("hurt", now, lost);
    if (lost >= 0 && rose(now.status, before.status, SHIELD_BIT)) this.tell("shield_down", now, 0);
    if (rose(before.status, now.status, BOOSTING_BIT)) this.tell("boost", now, 0);
  }

  private vanished(before: Seen): void {
    if (before.kind === "ship") this.tell("explosion", before, 0);
    else if (before.kind === "shot") this.tell("spent", before, before.status);
    else if (before.kind === "crate") this.tell("debris", before, 0);
    else if (before.kind === "pickup") this.tell("pickup", before, before.variant);
  }

  private tell(name: EffectName, at: Seen | Drawn, amount: number): void {
    const { x, y, vx, vy, angle, owner, mine } = at;
    this.found.push({ name, x, y, vx, vy, angle, owner, mine, amount });
  }
}

function rose(before: number, after: number, bit: number): boolean {
  return (before & bit) === 0 && (after & bit) !== 0;
}

function inPlainView(entity: Seen, around: Vec): boolean {
  return Math.abs(entity.x - around.x) < EDGE && Math.abs(entity.y - around.y) < EDGE;
}

function copy(entity: Drawn, drawing: number): Seen {
  const { kind, variant, owner, mine, status, x, y, vx, vy, angle } = entity;
  return { kind, variant, owner, mine, status, x, y, vx, vy, angle, drawing };
}

function remember(seen: Seen, entity: Drawn, drawing: number): void {
  seen.variant = entity.variant;
  seen.owner = entity.owner;
  seen.mine = entity.mine;
  seen.status = entity.status;
  seen.x = entity.x;
  seen.y = entity.y;
  seen.vx = entity.vx;
  seen.vy = entity.vy;
  seen.angle = entity.angle;
  seen.drawing = drawing;
}
