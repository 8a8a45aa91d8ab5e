import assert from "node:assert/strict";
import { test } from "node:test";

import { Encoder, Reflection, StateView, type Decoder } from "@colyseus/schema";

import { FilteredState, POSITION_SCALE, ShipState, VELOCITY_SCALE, publish, type ArenaState } from "./arena_state.ts";
import { Interest } from "./interest.ts";
import { Grid, Ship } from "./world.ts";

const ARENA_UNITS = 5000;
const VIEWERS = 12;

interface Player {
  readonly ship: Ship;
  readonly state: ShipState;
  readonly view: StateView;
  /** What a client makes of the bytes that it is sent. */
  readonly client: Decoder<ArenaState>;
}

test("the largest arena and the fastest ship fit into their types", () => {
  assert.ok(16_383 * POSITION_SCALE <= 0xffff);
  assert.ok(420 * Math.SQRT2 * VELOCITY_SCALE <= 0x7fff);
});

test("a filtered client has exactly the ships in the cells of its view, and has them right", () => {
  const grid = new Grid(ARENA_UNITS);
  const interest = new Interest<ShipState>(grid);
  const state = new FilteredState();
  const encoder = new Encoder(state);
  const players = Array.from({ length: VIEWERS }, (_, id) => enter(id));

  function enter(id: number): Player {
    const ship = new Ship(id, 400 + id * 350, 2500);
    const shipState = new ShipState();
    const view = new StateView();
    publish(shipState, ship);
    state.ships.set(`${id}`, shipState);
    interest.place(shipState, ship.x, ship.y);
    interest.look(view, ship.x, ship.y);
    return { ship, state: shipState, view, client: Reflection.decode<ArenaState>(Reflection.encode(encoder)) };
  }

  function patch(): void {
    const at = { offset: 0 };
    encoder.encode(at);
    const sharedOffset = at.offset;
    for (const { view, client } of players) client.decode(encoder.encodeView(view, sharedOffset, at));
    encoder.discardChanges();
  }

  let changes = 0;
  for (let tick = 0; tick < 900; tick++) {
    const before = players.map(({ ship }) => grid.around(ship.x, ship.y));
    for (const { ship, state: shipState } of players) {
      const angle = ship.id + Math.floor(tick / 90) * 2.4;
      ship.steer({ moveX: Math.round(127 * Math.cos(angle)), moveY: Math.round(127 * Math.sin(angle)), aim: tick % 4096 });
      ship.move(ARENA_UNITS, 30);
      publish(shipState, ship);
    }
    for (const player of players) interest.place(player.state, player.ship.x, player.ship.y);
    for (const player of players) interest.look(player.view, player.ship.x, player.ship.y);
    patch();
    players.forEach(({ ship, client }, n) => {
      const block = grid.around(ship.x, ship.y);
      changes += Number(block !== before[n]);
      const visible = players.filter((other) => block.includes(grid.cellAt(other.ship.x, other.ship.y)));
      assert.deepEqual(known(client.state), Object.fromEntries(visible.map((other) => [`${other.ship.id}`, numbers(other.state)])));
    });
  }
  assert.ok(changes > 20, "nobody looked about");
});

function known(state: ArenaState): Record<string, number[]> {
  return Object.fromEntries([...state.ships].map(([id, ship]) => [id, numbers(ship)]));
}

function numbers({ x, y, vx, vy, angle }: ShipState): number[] {
  return [x, y, vx, vy, angle];
}
