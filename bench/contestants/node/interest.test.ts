import assert from "node:assert/strict";
import { test } from "node:test";

import { Interest, type Sight } from "./interest.ts";
import { Grid, Ship } from "./world.ts";

const ARENA_UNITS = 4000;
const SHIPS = 60;

/** Sees what it is told, and complains of what it is told twice. */
class Eye implements Sight<Ship> {
  readonly seen = new Set<Ship>();

  add(ship: Ship): void {
    assert.ok(!this.seen.has(ship), "told twice of a ship that comes");
    this.seen.add(ship);
  }

  remove(ship: Ship): void {
    assert.ok(this.seen.delete(ship), "told of a ship that leaves and was not there");
  }
}

/** Numbers in 0..1 from a seed: the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("each eye sees exactly the ships in the cells of its view, wherever all move, come and go", () => {
  const draw = chance(1);
  const grid = new Grid(ARENA_UNITS);
  const interest = new Interest<Ship>(grid);
  const eyes = new Map<Ship, Eye>();

  for (let tick = 0; tick < 400; tick++) {
    if (eyes.size < SHIPS) eyes.set(new Ship(tick, draw() * ARENA_UNITS, draw() * ARENA_UNITS), new Eye());
    for (const [ship, eye] of eyes) {
      if (draw() < 0.01) {
        interest.forget(ship, eye);
        eyes.delete(ship);
        for (const other of eyes.values()) other.seen.delete(ship);
        continue;
      }
      ship.x += (draw() - 0.5) * 800;
      ship.y += (draw() - 0.5) * 800;
    }
    for (const ship of eyes.keys()) interest.place(ship, ship.x, ship.y);
    for (const [ship, eye] of eyes) interest.look(eye, ship.x, ship.y);

    for (const [own, eye] of eyes) {
      const block = grid.around(own.x, own.y);
      const expected = [...eyes.keys()].filter(({ x, y }) => block.includes(grid.cellAt(x, y)));
      assert.deepEqual([...eye.seen].map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
    }
  }
});
