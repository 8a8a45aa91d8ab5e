import assert from "node:assert/strict";
import { test } from "node:test";

import { Grid, Ship, birthplace } from "./world.ts";

test("a ship at full thrust comes to the speed at which drag and thrust are equal, at any rate", () => {
  for (const rate of [5, 30, 60]) {
    const ship = new Ship(1, 5000, 5000);
    ship.steer({ moveX: 127, moveY: 0, aim: 0 });
    for (let tick = 0; tick < 10 * rate; tick++) ship.move(20_000, rate);
    assert.ok(Math.abs(ship.vx - 420) < 0.001);
    assert.equal(ship.vy, 0);
  }
});

test("a tick is as long as the rate has it", () => {
  for (const rate of [5, 30, 60]) {
    const ship = new Ship(1, 5000, 5000);
    ship.steer({ moveX: 127, moveY: 0, aim: 0 });
    ship.move(20_000, rate);
    assert.ok(Math.abs(ship.vx - 840 / rate) < 1e-9);
    assert.ok(Math.abs(ship.x - 5000 - ship.vx / rate) < 1e-9);
  }
});

test("the corners of the stick are no faster than its rim", () => {
  const ship = new Ship(1, 0, 0);
  ship.steer({ moveX: 127, moveY: 127, aim: 0 });
  for (let tick = 0; tick < 300; tick++) ship.move(20_000, 30);
  assert.ok(Math.abs(Math.hypot(ship.vx, ship.vy) - 420) < 0.001);
});

test("a ship stays within the border and comes back from it", () => {
  const ship = new Ship(1, 900, 100);
  ship.steer({ moveX: 127, moveY: -127, aim: 0 });
  const signs = new Set<number>();
  for (let tick = 0; tick < 300; tick++) {
    ship.move(1000, 30);
    signs.add(Math.sign(ship.vx));
    assert.ok(ship.x >= 16 && ship.x <= 984 && ship.y >= 16 && ship.y <= 984);
  }
  assert.deepEqual([...signs].sort(), [-1, 1]);
});

test("ships begin apart from each other and in the arena", () => {
  for (const ships of [1, 5, 100, 1400]) {
    const places = Array.from({ length: ships }, (_, n) => birthplace(n, ships, 3000));
    assert.equal(new Set(places.map(({ x, y }) => `${x} ${y}`)).size, ships);
    assert.ok(places.every(({ x, y }) => x > 0 && x < 3000 && y > 0 && y < 3000));
  }
});

test("more ships than were meant still begin in the arena", () => {
  const { x, y } = birthplace(1_000_003, 10, 3000);
  assert.ok(x > 0 && x < 3000 && y > 0 && y < 3000);
});

test("a view is the cells that its square touches, and always the same object", () => {
  const grid = new Grid(2560);
  assert.deepEqual(grid.around(0, 0), [0, 1, 5, 6]);
  assert.deepEqual(grid.around(1300, 1300), [6, 7, 8, 11, 12, 13, 16, 17, 18]);
  assert.equal(grid.around(1300, 1300), grid.around(1301, 1299));
});

test("what is outside belongs to the nearest cell", () => {
  const grid = new Grid(1000);
  assert.equal(grid.cellAt(-5, 2000), 2);
  assert.equal(grid.count, 4);
});
