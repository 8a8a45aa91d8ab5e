/**
 * Everyone else, as drawn: a small delay in the past, so that most of what is drawn is known.
 * The twin of `bots/interpolation.py`.
 *
 * An entity's course is a chain of beliefs. A new one takes over, if it can, at the moment between now and its own tick at
 * which it is nearest to the old: a bounce keeps its corner, a turn its curve. What jump remains becomes an offset that
 * melts. An entity appears when the picture reaches its first tick, and goes when the picture reaches the tick at which
 * it went.
 *
 * The delay adapts to the network: snapshots are expected as late as all but the latest few came recently, and the
 * picture follows at DELAY_INTERVALS behind that, a little faster or slower than real time. Less than an interval, so that for some of it the
 * picture is ahead of what is known: reckoning knows the sticks, and what it then gets wrong is less than what a later picture would cost
 * whoever aims by it. A stall makes nobody wait for long: what comes in one burst counts once, as late as its newest, and the delay is at
 * most JITTER_MS_MAX more than usual. Without news nothing is drawn more than EXTRAPOLATE_S_MAX ahead of the newest snapshot, nor beyond a wall.
 * Where nobody looks for long, as in a page that is hidden, the news move the picture on, so that what has gone goes.
 *
 * Pure: `now_ms` is an argument. No garbage in a render frame beyond what newcomers need.
 */

import type { Kind } from "./kinds";
import { nowhere, type Published, type Reckoned, reckon } from "./reckoning";
import { wrapAngle } from "./quantize";
import type { View } from "./view";
import type { Walls } from "./walls";

const DELAY_INTERVALS = 0.6;
const DELAY_MS_MIN = 5;
const EXTRAPOLATE_S_MAX = 0.25;
/** Playback speed, to follow the news without a jump; beyond SNAP_S it jumps. Fast enough to be where it ought to be a
 * second after a stall of half a second. */
const SPEED_MIN = 0.85;
const SPEED_MAX = 1.3;
const PULL_S = 0.4;
const SNAP_S = 0.25;
/** Of an offset, this much is left after 1/60 s. */
const MELT = 0.85;
/** A correction larger than this is a teleport, and shown as one. */
const JUMP_UNITS = 160;
const BELIEFS_KEPT = 4;
/** Of so many snapshots it is remembered how late they were: a second and a half. */
const LATENESSES_KEPT = 48;
/** This many of them may be later than expected. */
const LATEST_FORGIVEN = 2;
const JITTER_MS_MAX = 100;
/** What comes so soon after what came before was held up together with it. */
const BURST_MS = 8;
/** After so long without a look the news move the picture on. */
const UNSEEN_MS_MAX = 1000;

/** A published state and the tick at which the picture changes over to it. */
interface Belief {
  published: Published;
  from: number;
}

/** One entity's course: what is believed now first, what takes over later behind it. */
export interface Track {
  readonly kind: Kind;
  readonly born: number;
  /** The picture's tick at which it goes; Infinity while it is believed. */
  gone: number;
  readonly beliefs: Belief[];
  readonly offset: { x: number; y: number; angle: number };
  /** Where it is drawn: units, units/s, 1/256 turns. */
  readonly at: Reckoned;
}

export class Interpolation {
  /** The picture's tick, with its fraction. */
  tick = 0;
  readonly tracks = new Map<number, Track>();
  /** How much later than the usual snapshot one is expected. */
  jitter_ms = 0;
  readonly #view: View;
  #walls: Walls;
  readonly #tick_rate: number;
  readonly #delay_ms: number;
  /** How much later each came than its tick's time by a clock that began with tick 0. */
  readonly #latenesses_ms: number[] = [];
  #heard_ms = -Infinity;
  #expected_ms = 0;
  #shown_ms = 0;
  readonly #known: Reckoned = nowhere();

  constructor(view: View, snapshot_rate: number, walls: Walls) {
    this.#view = view;
    this.#walls = walls;
    this.#tick_rate = view.tick_rate;
    this.#delay_ms = Math.max(DELAY_MS_MIN, (DELAY_INTERVALS * 1000) / snapshot_rate);
  }

  /** Among other walls from now on. */
  moveTo(walls: Walls): void {
    this.#walls = walls;
  }

  /** The view has applied a snapshot, which arrived at `now_ms`. */
  heard(now_ms: number): void {
    const first = this.#latenesses_ms.length === 0;
    this.#expect(now_ms);
    if (first) {
      this.tick = this.#target(now_ms);
      this.#shown_ms = now_ms;
    }
    for (const [id, track] of this.tracks) {
      if (!this.#view.entities.has(id)) track.gone = Math.min(track.gone, this.#view.tick);
    }
    for (const published of this.#view.entities.values()) this.#believe(published);
    if (now_ms - this.#shown_ms > UNSEEN_MS_MAX) this.advance(now_ms);
  }

  /** Moves the picture on to `now_ms`; `tracks` then say where everything is. Ids whose `born` is to come are not to be drawn. */
  advance(now_ms: number): void {
    const elapsed_s = Math.max(0, now_ms - this.#shown_ms) / 1000;
    this.#shown_ms = now_ms;
    this.tick = this.#follow(elapsed_s, now_ms);
    const left = MELT ** (elapsed_s * 60);
    for (const [id, track] of this.tracks) {
      if (this.tick >= track.gone) this.tracks.delete(id);
      else this.#place(track, left);
    }
  }

  #expect(now_ms: number): void {
    if (now_ms - this.#heard_ms < BURST_MS) this.#latenesses_ms.pop();
    this.#heard_ms = now_ms;
    this.#latenesses_ms.push(now_ms - (this.#view.tick * 1000) / this.#tick_rate);
    if (this.#latenesses_ms.length > LATENESSES_KEPT) this.#latenesses_ms.shift();
    const sorted = this.#latenesses_ms.toSorted((one, other) => one - other);
    const usual_ms = sorted[sorted.length >> 1]!;
    const late_ms = sorted[Math.max(sorted.length >> 1, sorted.length - 1 - LATEST_FORGIVEN)]!;
    this.jitter_ms = Math.min(late_ms - usual_ms, JITTER_MS_MAX);
    this.#expected_ms = usual_ms + this.jitter_ms;
  }

  /** The tick to be drawn at `now_ms`, were we to draw what there is. */
  #target(now_ms: number): number {
    return ((now_ms - this.#expected_ms - this.#delay_ms) * this.#tick_rate) / 1000;
  }

  #follow(elapsed_s: number, now_ms: number): number {
    const rate = this.#tick_rate;
    const last = this.#view.tick + EXTRAPOLATE_S_MAX * rate;
    const target = Math.min(this.#target(now_ms), last);
    const behind_s = (target - this.tick) / rate - elapsed_s;
    if (Math.abs(behind_s) > SNAP_S) return target;
    const speed = Math.max(SPEED_MIN, Math.min(SPEED_MAX, 1 + behind_s / PULL_S));
    return Math.min(this.tick + elapsed_s * speed * rate, last);
  }

  #believe(published: Published): void {
    const track = this.tracks.get(published.id);
    if (!track || track.gone <= published.tick || track.kind !== this.#view.kindOf(published)) {
      this.#enter(published);
      return;
    }
    track.gone = Infinity;
    const last = track.beliefs.at(-1)!;
    if (last.published === published) return;
    const earliest = Math.max(this.tick, last.from);
    track.beliefs.push({ published, from: this.#changeover(last.published, published, track.kind, earliest) });
    if (track.beliefs.length > BELIEFS_KEPT) this.#changeOver(track);
  }

  #enter(published: Published): void {
    const kind = this.#view.kindOf(published);
    const beliefs = [{ published, from: -Infinity }];
    const track = { kind, born: published.tick, gone: Infinity, beliefs, offset: { x: 0, y: 0, angle: 0 }, at: nowhere() };
    this.tracks.set(published.id, track);
    this.#place(track, 1);
  }

  /** The tick from `earliest` to the new belief's own at which the two are nearest to each other, were both to go straight. */
  #changeover(old: Published, now: Published, kind: Kind, earliest: number): number {
    if (earliest >= now.tick) return earliest;
    const a = believedAt(old, kind, now.tick, this.#tick_rate, scratch);
    const [dx, dy, dvx, dvy] = [a.x, a.y, a.vx, a.vy];
    const b = believedAt(now, kind, now.tick, this.#tick_rate, scratch);
    const [x, y, vx, vy] = [dx - b.x, dy - b.y, dvx - b.vx, dvy - b.vy];
    const square = vx * vx + vy * vy;
    const ticks = square === 0 ? 0 : (-(x * vx + y * vy) / square) * this.#tick_rate;
    return Math.max(earliest, Math.min(now.tick, now.tick + ticks));
  }

  #place(track: Track, left: number): void {
    track.offset.x *= left;
    track.offset.y *= left;
    track.offset.angle *= left;
    while (track.beliefs.length > 1 && track.beliefs[1]!.from <= this.tick) this.#changeOver(track);
    const at = believedAt(track.beliefs[0]!.published, track.kind, this.tick, this.#tick_rate, track.at);
    at.x += track.offset.x;
    at.y += track.offset.y;
    at.angle += track.offset.angle;
    if (this.tick > this.#view.tick) this.#stopAtWalls(track);
  }

  /** Where it goes from what is known is a guess that knows no walls. */
  #stopAtWalls({ beliefs, kind, offset, at }: Track): void {
    const known = believedAt(beliefs[0]!.published, kind, this.#view.tick, this.#tick_rate, this.#known);
    known.x += offset.x;
    known.y += offset.y;
    const reach = this.#walls.reach(known, at, kind.radius);
    at.x = known.x + (at.x - known.x) * reach;
    at.y = known.y + (at.y - known.y) * reach;
  }

  /** Leaves the first belief for the second; their difference goes into the offset. */
  #changeOver({ beliefs, offset, kind }: Track): void {
    const [old, now] = beliefs as [Belief, Belief];
    const before = believedAt(old.published, kind, now.from, this.#tick_rate, scratch);
    const { x, y, angle } = before;
    const after = believedAt(now.published, kind, now.from, this.#tick_rate, scratch);
    const jumps = Math.hypot(x - after.x, y - after.y) > JUMP_UNITS;
    offset.x = jumps ? 0 : offset.x + x - after.x;
    offset.y = jumps ? 0 : offset.y + y - after.y;
    offset.angle = jumps ? 0 : wrapAngle(offset.angle + angle - after.angle);
    beliefs.shift();
  }
}

const scratch = nowhere();

/** A belief at any tick: reckoned to the whole tick and straight on from there, straight back before its own. */
export function believedAt(published: Published, kind: Kind, tick: number, tick_rate: number, into: Reckoned): Reckoned {
  const whole = Math.max(published.tick, Math.floor(tick));
  const at = reckon(published, kind, whole, tick_rate, into);
  const seconds = (tick - whole) / tick_rate;
  at.x += at.vx * seconds;
  at.y += at.vy * seconds;
  at.angle += (published.spin * seconds) / 16;
  return at;
}
