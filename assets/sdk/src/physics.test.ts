import { expect, test } from "vitest";

import golden from "../../../tests/golden/engine.json";
import { BORDER_RADIUS, WALL_ELASTICITY, WALL_FRICTION } from "./arena";
import { crc32 } from "./checksum";
import { engine } from "./engine_inline";
import { Life, type Scene, type Vectors } from "./engine_vectors";
import type { Kind } from "./kinds";
import * as physics from "./physics";
import { BODIES_MAX, type BodyState, STATE_LENGTH, type Saved, VX, X, Y, loadEngine, makeSpace } from "./physics";
import type { Arena } from "./scene";

const vectors = golden as unknown as Vectors;
const arena = golden.arena as unknown as Arena;
const kinds = golden.kinds as Kind[];
const [ship, shot, rock, crate, pickup] = kinds as [Kind, Kind, Kind, Kind, Kind];

function at(x: number, y: number, vx = 0, vy = 0): BodyState {
  return { x, y, vx, vy, angle: 0, spin: 0 };
}

function sceneNamed(name: string): Scene {
  return vectors.scenes.find((scene) => scene.name === name)!;
}

test("the numbers are those of protocol/physics.py", () => {
  const { WALL, CATEGORY_BITS, COLLIDES, BEVEL, SOLVER_ITERATIONS, STEPS_PER_SECOND_MIN } = physics;
  expect({
    ...{ WALL, CATEGORY_BITS, COLLIDES, BEVEL, SOLVER_ITERATIONS, STEPS_PER_SECOND_MIN },
    ...{ BORDER_RADIUS, WALL_ELASTICITY, WALL_FRICTION },
  }).toEqual(golden.constants);
});

test("sines and cosines are the C library's of the server, to the last bit", () => {
  const { sine, cosine } = new WebAssembly.Instance(engine).exports as Record<string, (angle: number) => number>;
  const { told, step, count, checksum } = golden.turns;
  expect(told.map(([angle]) => [angle, sine!(angle!), cosine!(angle!)])).toEqual(told);
  const many = Float64Array.from({ length: 2 * count }, (_, at) => {
    const angle = (Math.floor(at / 2) - count / 2) * step;
    return at % 2 === 0 ? sine!(angle) : cosine!(angle);
  });
  expect(crc32(new Uint8Array(many.buffer))).toBe(checksum);
});

test.each(["rocks and a crate", "ricochets", "corner"])("%s: what is lived again after a restore is what was lived", (name) => {
  const scene = sceneNamed(name);
  const life = new Life(engine, vectors, scene);
  for (let tick = 0; tick < 120; tick += 1) life.step(tick);
  let saved: Saved | undefined;
  for (let tick = 120; tick < 400; tick += 20) {
    saved = life.space.save(saved);
    const before = Array.from({ length: 20 }, () => (life.space.step(scene.tick_rate), life.checksum()));
    life.space.restore(saved);
    const again = Array.from({ length: 20 }, () => (life.space.step(scene.tick_rate), life.checksum()));
    expect(again).toEqual(before);
  }
});

test("a space that was gone back to a thousand times takes no more memory", () => {
  const life = new Life(engine, vectors, sceneNamed("rocks and a crate"));
  for (let tick = 0; tick < 200; tick += 1) life.step(tick);
  const saved = life.space.save();
  const lengths = Array.from({ length: 1000 }, () => {
    life.space.step(60);
    const { length } = life.space.save();
    life.space.restore(saved);
    return length;
  });
  expect(new Set(lengths).size).toBe(1);
  expect(saved.length).toBeLessThan(400_000);
});

test("bodies that come and go leave no trace", () => {
  const space = makeSpace(engine, arena);
  const come = () => {
    const bodies = [ship, shot, crate].map((kind) => space.makeBody(kind));
    bodies.forEach((body, number) => space.put(body, at(800 + 60 * number, 700)));
    space.step(60);
    bodies.forEach((body) => space.remove(body));
  };
  for (let time = 0; time < 10; time += 1) come();
  const { length } = space.save();
  for (let time = 0; time < 200; time += 1) come();
  expect(space.save().length).toBe(length);
});

test("entered again, a body is as new: it owes nothing for its last contact", () => {
  const [used, fresh] = [makeSpace(engine, arena), makeSpace(engine, arena)];
  const [one, other] = [used.makeBody(ship), fresh.makeBody(ship)];
  used.put(one, at(20, 600, -300, 40));
  for (let tick = 0; tick < 10; tick += 1) used.step(60);
  used.put(one, at(16.5, 600, -300, 40));
  fresh.put(other, at(16.5, 600, -300, 40));
  for (let tick = 0; tick < 10; tick += 1) {
    used.step(60);
    fresh.step(60);
    expect(used.states).toEqual(fresh.states);
  }
});

test("moved, a body keeps what the engine remembers of its contacts", () => {
  const rest = (again: boolean) => {
    const space = makeSpace(engine, arena);
    const body = space.makeBody(ship);
    space.put(body, at(15, 600, -40, 60));
    for (let tick = 0; tick < 3; tick += 1) space.step(60);
    if (again) space.enter(body);
    else space.move(body);
    space.step(60);
    return Array.from(space.states.subarray(body * STATE_LENGTH, (body + 1) * STATE_LENGTH));
  };
  expect(rest(true)).not.toEqual(rest(false));
});

test("a shot that meets a ship is noted and pushes nobody; its own ship it does not meet", () => {
  const space = makeSpace(engine, arena);
  const [owner, victim, bullet] = [space.makeBody(ship, [], 1), space.makeBody(ship, [], 2), space.makeBody(shot, [], 1)];
  space.put(owner, at(700, 700));
  space.put(victim, at(800, 700));
  space.put(bullet, at(700, 700, 600));
  const touched = [];
  for (let tick = 0; tick < 30; tick += 1) {
    space.step(60);
    touched.push(...space.contacts());
  }
  expect(touched).toEqual([{ entity: bullet, other: victim }]);
  expect([owner, victim].map((body) => space.states[body * STATE_LENGTH + VX])).toEqual([0, 0]);
  expect(space.states[bullet * STATE_LENGTH + VX]).toBe(600);
});

test("a ship that meets a pickup is noted; a shot does not meet it", () => {
  const space = makeSpace(engine, arena);
  const [flyer, bonus, bullet] = [space.makeBody(ship, [], 1), space.makeBody(pickup), space.makeBody(shot, [], 1)];
  space.put(flyer, at(700, 700, 600));
  space.put(bonus, at(740, 700));
  space.put(bullet, at(740, 760, 0, -600));
  const touched = [];
  for (let tick = 0; tick < 6; tick += 1) {
    space.step(60);
    touched.push(...space.contacts());
  }
  expect(touched).toEqual([{ entity: flyer, other: bonus }]);
});

test("bodies are bounded, and a number is free again when its body has gone", () => {
  const space = makeSpace(engine, arena);
  const bodies = Array.from({ length: BODIES_MAX }, () => space.makeBody(shot));
  expect(() => space.makeBody(shot)).toThrow(`${BODIES_MAX}`);
  space.remove(bodies[4]!);
  expect(space.makeBody(rock, [[-10, -10], [10, -10], [0, 10]])).toBe(bodies[4]);
  expect(() => makeSpace(engine, arena).makeBody(rock, Array.from({ length: 33 }, () => [0, 0] as const))).toThrow("33 corners");
});

test("two spaces of one engine know nothing of each other", () => {
  const [one, other] = [makeSpace(engine, arena), makeSpace(engine, arena)];
  one.put(one.makeBody(ship), at(700, 700, 100));
  one.step(60);
  other.step(60);
  expect(one.states[STATE_LENGTH + X]).toBeGreaterThan(700);
  expect(other.states[STATE_LENGTH + Y]).toBe(0);
});

test("an engine that can't be fetched is an error that says so", async () => {
  await expect(loadEngine("data:text/plain,not-an-engine")).rejects.toThrow();
});
