import { expect, test } from "vitest";

import type { Vec } from "@ricochet/sdk";
import { Framing, UNITS_MAX, UNITS_MIN } from "./framing";

const ASPECT = 16 / 9;

function sees({ x, y, units }: Framing, place: Vec): boolean {
  return Math.abs(place.x - x) < units / 2 && Math.abs(place.y - y) < units / ASPECT / 2;
}

test("killer and victim are both in the picture, wherever they are, as soon as it begins", () => {
  for (const [dx, dy] of [[0, 0], [200, 100], [-600, 80], [900, 0], [0, -500], [-700, 400]] as const) {
    const framing = new Framing();
    framing.begin();
    const [killer, victim] = [{ x: 1000, y: 1000 }, { x: 1000 + dx, y: 1000 + dy }];
    framing.follow(killer, victim, ASPECT, 0);
    expect([sees(framing, killer), sees(framing, victim)], `${dx}, ${dy}`).toEqual([true, true]);
    expect(framing.units).toBeGreaterThanOrEqual(UNITS_MIN);
    expect(framing.units).toBeLessThanOrEqual(UNITS_MAX);
  }
});

test("if one picture can't hold both, it holds the killer and leans to the victim", () => {
  const framing = new Framing();
  const killer = { x: 0, y: 0 };
  framing.follow(killer, { x: 3000, y: 1000 }, ASPECT, 0);
  expect(sees(framing, killer)).toBe(true);
  expect(framing.units).toBe(UNITS_MAX);
  expect(framing.x).toBeGreaterThan(400);
  expect(framing.y).toBeGreaterThan(200);
});

test("with no killer in sight it goes along with the victim, and waits where that ended", () => {
  const framing = new Framing();
  framing.follow(null, { x: 300, y: 200 }, ASPECT, 0);
  expect([framing.x, framing.y]).toEqual([300, 200]);
  framing.follow(null, null, ASPECT, 1);
  expect([framing.x, framing.y]).toEqual([300, 200]);
});

test("a killer that leaves is waited for a moment, and then let go; the picture turns, and doesn't leap", () => {
  const framing = new Framing();
  framing.follow({ x: 1000, y: 0 }, { x: 800, y: 0 }, ASPECT, 0);
  expect(framing.x).toBe(900);
  framing.follow(null, { x: 800, y: 0 }, ASPECT, 0.3);
  expect(framing.x).toBe(900);
  let [x, largest] = [framing.x, 0];
  for (let frame = 0; frame < 180; frame += 1) {
    framing.follow(null, { x: 800, y: 0 }, ASPECT, 1 / 60);
    largest = Math.max(largest, Math.abs(framing.x - x));
    x = framing.x;
  }
  expect(x).toBeCloseTo(800, 0);
  expect(largest).toBeLessThan(10);
});

test("where nobody is in sight it stays, and a new beginning is at once", () => {
  const framing = new Framing();
  framing.follow(null, null, ASPECT, 1);
  expect([framing.x, framing.y]).toEqual([0, 0]);
  framing.follow({ x: 50, y: 60 }, null, ASPECT, 0);
  framing.begin();
  framing.follow({ x: 900, y: 60 }, null, ASPECT, 0);
  expect([framing.x, framing.y]).toEqual([900, 60]);
});
