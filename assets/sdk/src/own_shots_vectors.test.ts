/** Own shots, held to the bots': the same courses, and the same shots drawn at the same places. */

import { expect, test } from "vitest";

import golden from "../../../tests/golden/own_shots.json";
import { checksumOf } from "./checksum";
import { type At, type Flight, type Loose, Range } from "./course";
import { engine } from "./engine_inline";
import type { Gun } from "./gun";
import type { Track } from "./interpolation";
import type { Kind } from "./kinds";
import type { Input } from "./motion";
import { OwnShots, type Shot } from "./own_shots";
import { type Published, nowhere } from "./reckoning";
import type { Arena } from "./scene";
import type { Own } from "./snapshot";
import { View } from "./view";

/** Squares of length, roots and powers aren't the same to the last bit in all languages. */
const DIGITS = 7;

const kinds = golden.kinds as Kind[];
const arena = golden.arena as unknown as Arena;
const gun: Gun = golden.gun;
const flight: Flight = { ...gun, kind: kinds[gun.kind]! };

test("a shot's course is the bots'", () => {
  const range = new Range(engine, arena, golden.tick_rate);
  const at: At = { x: 0, y: 0, vx: 0, vy: 0, bounces: 0 };
  for (const { from, loose, rows } of golden.courses) {
    const about = loose.map(({ variant, ...state }): Loose => {
      const kind = state.kind as Kind;
      return { ...state, kind, corners: kind.shape === "polygon" ? arena.rocks[variant]!.points : [] };
    });
    const course = range.fly(flight, from, 100, 102, about);
    expect(course.last_tick).toBe(99 + rows.length);
    rows.forEach((row, tick) => {
      expect(course.at(100 + tick, at)).toBe(true);
      expectNear([at.x, at.y, at.vx, at.vy, at.bounces], row);
    });
  }
});

test("a fight's shots are foreseen, matched, dropped and drawn as the bots' are", () => {
  const view = new View(kinds, golden.tick_rate);
  const shots = new OwnShots(gun, engine, arena, view);
  const tracks = new Map<number, Track>();
  const does: Record<string, (...told: never[]) => void> = {
    step(tick: number, [move_x, move_y, aim, buttons, edges]: number[], [x, y, vx, vy, boost_ticks]: number[], rapid_until: number) {
      const input = { move_x, move_y, aim, buttons, edges } as Input;
      shots.step(tick, input, { x: x!, y: y!, vx: vx!, vy: vy!, boost_ticks: boost_ticks! }, rapid_until);
    },
    hear(tick: number, entities: Published[], own: Own) {
      const cells = [{ cell: 0, keyframe: true as const, checksum: checksumOf(entities), entities }];
      view.apply({ type: "snapshot", tick, ack: 0, slack_ms: null, own: null, hud: null, left: [], near: null, cells });
      shots.heard(own);
    },
    tell(published: Published) {
      const track = tracks.get(published.id);
      if (track) track.beliefs.push({ published, from: published.tick });
      else tracks.set(published.id, trackOf(published));
    },
    gone(id: number, tick: number) {
      tracks.get(id)!.gone = tick;
    },
    draw(now: number, picture: number, drawn: number[][]) {
      const told = [...tracks].toSorted(([one], [other]) => one - other).map(([, track]) => shots.place(track, now, picture));
      const all = [...told.filter((shot) => shot !== null), ...shots.unconfirmed(now, picture)];
      expect(all).toHaveLength(drawn.length);
      all.forEach((shot, at) => expectNear(rowOf(shot), drawn[at]!));
    },
    counted(...counts: number[]) {
      expect([shots.matched, shots.unforeseen, shots.dropped]).toEqual(counts);
      expect(Math.min(...counts)).toBeGreaterThan(0);
    },
  };
  for (const [what, ...told] of golden.play) does[what as string]!(...(told as never[]));
});

function trackOf(published: Published): Track {
  const beliefs = [{ published, from: -Infinity }];
  return { kind: kinds[published.kind]!, born: published.tick, gone: Infinity, beliefs, offset: { x: 0, y: 0, angle: 0 }, at: nowhere() };
}

function rowOf({ id, x, y, vx, vy, status }: Shot): number[] {
  return [id, x, y, vx, vy, status];
}

function expectNear(row: readonly number[], golden_row: readonly number[]): void {
  row.forEach((value, at) => expect(value).toBeCloseTo(golden_row[at]!, DIGITS));
}
