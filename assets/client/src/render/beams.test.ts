import { expect, test } from "vitest";

import { BEAMS_MAX, BEAM_S, Beams } from "./beams";

type Stamp = { name: string; x: number; y: number; length: number; alpha: number };

function drawn(beams: Beams, dt_s: number, calm = false): Stamp[] {
  const stamps: Stamp[] = [];
  beams.draw({ stamp: (name, x, y, _angle, length, _width, _colour, alpha) => void stamps.push({ name, x, y, length, alpha }) }, dt_s, calm);
  return stamps;
}

test("a beam lies between its ends, fades, and is gone in a moment", () => {
  const beams = new Beams();
  beams.add({ x: 0, y: 0 }, { x: 300, y: 400 }, 0xff0000);
  const [first] = drawn(beams, BEAM_S / 2);
  expect(first).toMatchObject({ x: 150, y: 200 });
  expect(first!.length).toBeGreaterThanOrEqual(500);
  const [later] = drawn(beams, BEAM_S / 2);
  expect(later!.alpha).toBeCloseTo(first!.alpha / 2);
  expect(drawn(beams, 0)).toEqual([]);
  expect(beams.count).toBe(0);
});

test("with less motion wanted it is dimmer", () => {
  const [bright, dim] = [new Beams(), new Beams()];
  for (const beams of [bright, dim]) beams.add({ x: 0, y: 0 }, { x: 10, y: 0 }, 0);
  const [one] = drawn(bright, 0);
  const [other] = drawn(dim, 0, true);
  expect(other!.alpha).toBeLessThan(0.7 * one!.alpha);
});

test("there are never more than so many", () => {
  const beams = new Beams();
  for (let beam = 0; beam < BEAMS_MAX + 9; beam += 1) beams.add({ x: beam, y: 0 }, { x: beam, y: 0 }, 0);
  expect(beams.count).toBe(BEAMS_MAX);
  expect(drawn(beams, 0)[0]!.x).toBe(9);
  beams.clear();
  expect(beams.count).toBe(0);
});
