import { expect, test } from "vitest";

import golden from "../../../tests/golden/bounces.json";
import { checksumOf } from "./checksum";
import { engine } from "./engine_inline";
import { Interpolation, type Track } from "./interpolation";
import type { Kind } from "./kinds";
import type { Published } from "./reckoning";
import type { Arena } from "./scene";
import type { Snapshot } from "./snapshot";
import { View } from "./view";
import { Walls } from "./walls";

const TICK_MS = 1000 / 60;
const DELAY_TICKS = 0.6 * 2;
const common = { shape: "circle", mass: 1, elasticity: 1, friction: 0, sensor: false, velocity_scale: 16, tolerance_units: 1, tolerance_angle: 3 } as const;
const kinds: Kind[] = [
  { ...common, name: "shot", category: "shot", radius: 4, drag: 0, thrust: 0, steered: false },
  { ...common, name: "ship", category: "ship", radius: 16, drag: 1.9, thrust: 800, steered: true },
];

function shot(fields: Partial<Published>): Published {
  return { id: 1, kind: 0, variant: 0, owner: 0, status: 0, tick: 0, x: 0, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0, ...fields };
}

const walls = new Walls(engine, { ...(golden.arena as unknown as Arena), walls: [], blocks: [] });

/** A view that is told the whole of its one cell every other tick, and the picture made of it; a render frame per tick. */
class Screening {
  readonly view = new View(kinds, 60);
  readonly interpolation = new Interpolation(this.view, 30, walls);
  tick = 100;
  #believed: Published[] = [];

  /** What the next snapshots say. */
  believe(...entities: Published[]): this {
    this.#believed = entities;
    return this;
  }

  run(ticks: number, told = true, late_ms: () => number = () => 0): this {
    for (const end = this.tick + ticks; this.tick < end; this.tick += 1) {
      if (told && this.tick % 2 === 0) this.#tell(late_ms());
      this.interpolation.advance(this.tick * TICK_MS);
    }
    return this;
  }

  /** News come, and nobody looks. */
  hear(ticks: number): this {
    for (const end = this.tick + ticks; this.tick < end; this.tick += 1) if (this.tick % 2 === 0) this.#tell(0);
    return this;
  }

  track(id = 1): Track {
    return this.interpolation.tracks.get(id)!;
  }

  shown(id: number): boolean {
    const track = this.interpolation.tracks.get(id);
    return track !== undefined && track.born <= this.interpolation.tick;
  }

  #tell(late_ms: number): void {
    const cell = { cell: 0, keyframe: true, checksum: checksumOf(this.#believed), entities: this.#believed } as const;
    const snapshot: Snapshot = { type: "snapshot", tick: this.tick, ack: 0, slack_ms: null, own: null, hud: null, left: [], near: null, cells: [{ ...cell, entities: [...this.#believed] }] };
    this.view.apply(snapshot);
    this.interpolation.heard(this.tick * TICK_MS + late_ms);
  }
}

test("the picture is 0.6 snapshots in the past", () => {
  const screening = new Screening().run(60);
  expect(screening.tick - 1 - screening.interpolation.tick).toBeCloseTo(DELAY_TICKS, 1);
});

test("what drifts is drawn where it was then, between the ticks too", () => {
  const screening = new Screening().believe(shot({ tick: 90, vx: 16 * 600 })).run(60);
  expect(screening.track().at.x).toBeCloseTo((screening.interpolation.tick - 90) * 10, 6);
});

test("a newcomer appears when the picture reaches its first tick, where it began", () => {
  const screening = new Screening().run(30);
  const born = screening.tick;
  screening.believe(shot({ tick: born, x: 800, vx: 16 * 900 })).run(2);
  expect(screening.shown(1)).toBe(false);
  screening.run(3);
  expect(screening.shown(1)).toBe(true);
  expect(screening.track().at.x - 100).toBeGreaterThanOrEqual(0);
  expect(screening.track().at.x - 100).toBeLessThan(45);
});

test("what is gone stays until the picture reaches that tick", () => {
  const screening = new Screening().believe(shot({ tick: 90 })).run(30).believe().run(2);
  expect(screening.shown(1)).toBe(true);
  screening.run(4);
  expect(screening.shown(1)).toBe(false);
});

test("a bounce keeps its corner: the shot reaches the wall and never cuts it", () => {
  const screening = new Screening().believe(shot({ tick: 100, vx: 16 * 900 })).run(20);
  // At tick 121 it is at x = 315 and turns back; that is told at 122.
  screening.believe(shot({ tick: 122, x: (315 - 15) * 8, vx: -16 * 900 }));
  let farthest = 0;
  for (let tick = 0; tick < 12; tick += 1) {
    screening.run(1);
    farthest = Math.max(farthest, screening.track().at.x);
    expect(screening.track().at.x).toBeLessThanOrEqual(316);
  }
  expect(farthest).toBeGreaterThan(300);
  expect(screening.track().at.x).toBeCloseTo(315 - (screening.interpolation.tick - 121) * 15, 0);
});

test("a correction of a ship's course is drawn without a jump and soon over", () => {
  const ship = shot({ kind: 1, tick: 100, vx: 16 * 300, angle: 0 });
  const screening = new Screening().believe(ship).run(20);
  screening.believe({ ...ship, tick: 120, x: 85 * 8, y: 12 * 8, vx: 16 * 150, angle: 60 });
  for (let tick = 0; tick < 40; tick += 1) {
    const before = { ...screening.track().at };
    screening.run(1);
    const { x, y, angle } = screening.track().at;
    expect(Math.hypot(x - before.x, y - before.y)).toBeLessThan(8);
    expect(Math.abs(angle - before.angle)).toBeLessThan(12);
  }
  expect(screening.track().at.angle).toBeCloseTo(60, 0);
  expect(Math.hypot(screening.track().offset.x, screening.track().offset.y)).toBeLessThan(0.5);
});

test("the angle takes the short way round", () => {
  const ship = shot({ kind: 1, tick: 100, angle: 120 });
  const screening = new Screening().believe(ship).run(20).believe({ ...ship, tick: 120, angle: -120 });
  for (let tick = 0; tick < 20; tick += 1) {
    screening.run(1);
    expect(Math.abs(((screening.track().at.angle + 512) % 256) - 128)).toBeLessThanOrEqual(8.5);
  }
});

test("a teleport is shown as one", () => {
  const screening = new Screening().believe(shot({ tick: 100 })).run(20);
  screening.believe(shot({ tick: 120, x: 8000 })).run(5);
  expect(screening.track().at.x).toBe(1000);
});

test("without news nothing runs more than a quarter of a second ahead", () => {
  const screening = new Screening().believe(shot({ tick: 90, vx: 160 })).run(30);
  const newest = screening.view.tick;
  screening.run(120, false);
  expect(screening.interpolation.tick).toBeCloseTo(newest + 15, 6);
  screening.run(60);
  expect(screening.tick - 1 - screening.interpolation.tick).toBeCloseTo(DELAY_TICKS, 0);
});

test("an id that is used again is somebody else", () => {
  const screening = new Screening().believe(shot({ tick: 90 })).run(20).believe().run(2);
  screening.believe(shot({ kind: 1, tick: 122, x: 400 })).run(8);
  expect(screening.track().kind.category).toBe("ship");
  expect(screening.track().at.x).toBe(50);
});

test("the more they jitter, the later the picture; and when they don't any more it is as before", () => {
  let at = 0;
  const screening = new Screening().run(240, true, () => [0, 10, 20, 30, 40][(at += 3) % 5]!);
  const delay_ms = (screening.tick - 1 - screening.interpolation.tick) * TICK_MS;
  expect(screening.interpolation.jitter_ms).toBeCloseTo(20, 6);
  expect(delay_ms).toBeCloseTo(40 + DELAY_TICKS * TICK_MS, 0);
  screening.run(360);
  expect(screening.tick - 1 - screening.interpolation.tick).toBeCloseTo(DELAY_TICKS, 0);
});

test("a few that come very late don't matter, and a stall makes the picture wait for a moment only", () => {
  let at = 0;
  const screening = new Screening().run(120, true, () => ((at += 1) % 30 === 0 ? 300 : 0));
  expect(screening.interpolation.jitter_ms).toBeCloseTo(0, 6);
  let stalled_ms = 500;
  screening.run(30, true, () => (stalled_ms = Math.max(0, stalled_ms - 2 * TICK_MS)));
  expect(screening.interpolation.jitter_ms).toBeLessThanOrEqual(100);
  screening.run(240);
  expect(screening.tick - 1 - screening.interpolation.tick).toBeCloseTo(DELAY_TICKS, 0);
});

test("a way that became longer is followed: the picture stops running ahead of the news", () => {
  const screening = new Screening().run(120).run(180, true, () => 90);
  expect((screening.tick - 1 - screening.interpolation.tick) * TICK_MS).toBeCloseTo(90 + DELAY_TICKS * TICK_MS, -1);
});

test("without news nobody is drawn beyond a wall", () => {
  const fast = shot({ tick: 100, x: 700 * 8, y: 600 * 8, vx: 16 * 900 });
  const screening = new Screening().believe(fast).run(10);
  let farthest = 0;
  for (let tick = 0; tick < 40; tick += 1) farthest = Math.max(farthest, screening.run(1, false).track().at.x);
  expect(farthest).toBeGreaterThan(1000);
  expect(farthest).toBeLessThanOrEqual(1024 - 4 + 1e-6);
});

test("where no picture is taken for long, as of a page that is hidden, what has gone goes none the less", () => {
  const screening = new Screening().run(2);
  let most = 0;
  for (let id = 1; id <= 600; id += 1) {
    screening.believe(shot({ id, tick: screening.tick })).hear(2);
    most = Math.max(most, screening.interpolation.tracks.size);
  }
  expect(most).toBeLessThan(50);
});
