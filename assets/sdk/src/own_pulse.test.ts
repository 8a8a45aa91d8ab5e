import { beforeEach, expect, test } from "vitest";

import { engine } from "./engine_inline";
import { Interpolation } from "./interpolation";
import type { Kind } from "./kinds";
import { NEUTRAL, PULSE } from "./motion";
import { OwnPulse } from "./own_pulse";
import { aimToWire } from "./quantize";
import type { Published } from "./reckoning";
import type { Arena } from "./scene";
import { View } from "./view";
import { Walls } from "./walls";

const ARENA: Arena = {
  name: "range", size: { width: 2000, height: 1000 },
  walls: [{ points: [[900, 100], [900, 300]], radius: 16, closed: false }],
  blocks: [{ points: [[500, 600], [600, 600], [600, 700], [500, 700]] }],
  rocks: [{ points: [[-40, -10], [40, -10], [40, 10], [-40, 10]], x: 0, y: 0, angle: 0 }], crates: [], spawns: [],
};
const kind = (category: string, shape: Kind["shape"], radius: number): Kind => ({
  name: category, category, shape, radius, mass: 1, elasticity: 1, friction: 0, drag: category === "ship" ? 2 : 0, thrust: 0,
  steered: category === "ship", sensor: false, velocity_scale: 16, tolerance_units: 1, tolerance_angle: 3,
});
const KINDS = [kind("ship", "circle", 16), kind("shot", "circle", 4), kind("rock", "polygon", 48), kind("crate", "box", 20)];
const PRESS = { ...NEUTRAL, aim: aimToWire(0), edges: PULSE };
const HERE = { x: 300, y: 200 };

let view: View;
let picture: Interpolation;
let pulse: OwnPulse;

function begin(): void {
  view = new View(KINDS, 60);
  picture = new Interpolation(view, 30, new Walls(engine, ARENA));
  pulse = new OwnPulse(ARENA, picture);
}

beforeEach(begin);

function show(...records: [id: number, kind: number, x: number, y: number, angle?: number][]): void {
  const entities = records.map(([id, kind, x, y, angle = 0]): Published => ({
    id, kind, variant: 0, owner: id, status: 15, tick: 90, x: 8 * x, y: 8 * y, vx: 0, vy: 0, angle, spin: 0, move_x: 0, move_y: 0,
  }));
  view.apply({ type: "snapshot", tick: 100, ack: 0, slack_ms: null, own: null, hud: null, left: [], near: [], cells: [{ cell: 0, keyframe: true, checksum: 0, entities }] });
  picture.heard(0);
  picture.advance(0);
}

function fired(from = HERE): { to_x: number; to_y: number; hit: number } {
  const beam = pulse.take(110, PRESS, from, 1, 1, 0, 100);
  return beam!.body as { to_x: number; to_y: number; hit: number };
}

test("it loads from the tick in which it was let go, until the server has said what became of it", () => {
  expect(pulse.loadedAt(70, 105, 100, 60)).toBe(70);
  fired();
  expect(pulse.loadedAt(70, 112, 109, 60)).toBe(110 + 150);
  expect(pulse.loadedAt(261, 120, 111, 60)).toBe(261);
  expect(pulse.loadedAt(70, 120, 111, 60)).toBe(70);
  expect(pulse.loadedAt(70, 171, 100, 60)).toBe(70);
});

test("it goes as far as its reach, and stops at walls, blocks and the border", () => {
  expect(fired()).toMatchObject({ to_x: 880, to_y: 200, hit: 0 });
  begin();
  expect(fired({ x: 300, y: 500 })).toMatchObject({ to_x: 900 });
  begin();
  expect(fired({ x: 300, y: 650 }).to_x).toBeCloseTo(496);
  begin();
  expect(fired({ x: 1800, y: 500 }).to_x).toBeCloseTo(1996);
});

test("it meets the first ship on the screen but never one's own, and no shots", () => {
  show([1, 0, 300, 200], [2, 0, 700, 200], [3, 0, 500, 210], [4, 1, 400, 200]);
  expect(fired()).toMatchObject({ hit: 3 });
});

test("rocks and crates are in the way, turned as they are drawn", () => {
  show([2, 0, 800, 200], [5, 2, 600, 240, 64]);
  expect(fired()).toMatchObject({ hit: 0 });
  begin();
  show([2, 0, 800, 200], [5, 2, 600, 240, 0]);
  expect(fired()).toMatchObject({ hit: 2 });
  begin();
  show([2, 0, 800, 200], [6, 3, 600, 215]);
  expect(fired().to_x).toBeCloseTo(575);
});

test("one press is one beam, until the server has heard of it and says that the next is ready", () => {
  expect(pulse.take(110, NEUTRAL, HERE, 1, 1, 0, 100)).toBeNull();
  expect(pulse.take(110, PRESS, HERE, 1, 1, 111, 100)).toBeNull();
  expect(pulse.take(111, PRESS, HERE, 1, 1, 111, 100)).not.toBeNull();
  expect(pulse.take(112, PRESS, HERE, 1, 1, 111, 102)).toBeNull();
  expect(pulse.take(125, PRESS, HERE, 1, 1, 261, 113)).toBeNull();
  expect(pulse.take(261, PRESS, HERE, 1, 1, 261, 250)).not.toBeNull();
});

test("what was foreseen isn't told again, what wasn't is", () => {
  expect(pulse.tells(111)).toBe(false);
  pulse.take(110, PRESS, HERE, 1, 1, 0, 100);
  expect(pulse.tells(109)).toBe(false);
  expect(pulse.tells(112)).toBe(true);
  expect(pulse.tells(113)).toBe(false);
});
