import { expect, test } from "vitest";

import { Particles } from "./particles";

test("a particle flies, slows down and dies", () => {
  const particles = new Particles(4);
  const spark = particles.spawn();
  Object.assign(spark, { vx: 100, drag: 1, life_s: 0.5 });
  particles.step(0.25);
  expect(spark.x).toBeCloseTo(100 * Math.exp(-0.25) * 0.25);
  expect(particles.count).toBe(1);
  particles.step(0.25);
  expect(particles.count).toBe(0);
});

test("a reborn particle remembers nothing", () => {
  const particles = new Particles(1);
  Object.assign(particles.spawn(), { vx: 9, colour: 1, age_s: 3, life_s: 1 });
  particles.step(0.1);
  expect(particles.spawn()).toMatchObject({ vx: 0, colour: 0xffffff, age_s: 0 });
});

test("a full pool makes room, and never grows", () => {
  const particles = new Particles(3);
  for (let born = 1; born <= 5; born += 1) particles.spawn().life_s = born;
  expect(particles.count).toBe(3);
  const lives = [0, 1, 2].map((index) => particles.at(index).life_s).sort();
  expect(lives).toEqual([3, 4, 5]);
});

test("the living stay together when some die between them", () => {
  const particles = new Particles(8);
  for (const life of [1, 0.1, 1, 0.1, 1]) particles.spawn().life_s = life;
  particles.step(0.2);
  expect(particles.count).toBe(3);
  for (let index = 0; index < 3; index += 1) expect(particles.at(index).life_s).toBe(1);
});
