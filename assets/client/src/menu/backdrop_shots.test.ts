import { expect, test } from "vitest";

import { flyShot, launch } from "./backdrop_shots";

test("shots stay in the box, bounce, and remember a bounded way", () => {
  for (let index = 0; index < 5; index += 1) {
    const shot = launch(index, 390, 844);
    const seen = new Set<number>();
    for (let step = 0; step < 1200; step += 1) {
      flyShot(shot, 1 / 60, 390, 844);
      seen.add(shot.bounces);
      expect(shot.x).toBeGreaterThan(0);
      expect(shot.x).toBeLessThan(390);
      expect(shot.y).toBeGreaterThan(0);
      expect(shot.y).toBeLessThan(844);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    expect(shot.path.length).toBeLessThan(200);
  }
});
