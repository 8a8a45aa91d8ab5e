import assert from "node:assert/strict";
import { test } from "node:test";

import { pack, unpack } from "msgpackr";

import { decodeInput, encodeCell, encodeSnapshot, joinCells } from "./wire.ts";
import { Ship } from "./world.ts";

const GOOD = [2, 77, -127, 127, 4095, 255];

test("an input is read", () => {
  assert.deepEqual(decodeInput(pack(GOOD)), { tick: 77, moveX: -127, moveY: 127, aim: 4095 });
});

const BAD: [string, unknown][] = [
  ["another message", [3, ...GOOD.slice(1)]],
  ["a field too few", GOOD.slice(0, 5)],
  ["a field too many", [...GOOD, 0]],
  ["no array", { tick: 1 }],
  ["nothing", null],
  ["a tick below 0", GOOD.with(1, -1)],
  ["a tick beyond 31 bits", GOOD.with(1, 2 ** 31)],
  ["a stick too far", GOOD.with(2, 128)],
  ["a stick too far back", GOOD.with(3, -128)],
  ["an aim beyond the turn", GOOD.with(4, 4096)],
  ["too many buttons", GOOD.with(5, 256)],
  ["half a number", GOOD.with(2, 0.5)],
  ["not a number", GOOD.with(2, Number.NaN)],
  ["a text", [2, "77", 0, 0, 0, 0]],
  ["a large integer", [2, 77n ** 9n, 0, 0, 0, 0]],
];

for (const [what, message] of BAD) {
  test(`${what} is no input`, () => assert.equal(decodeInput(pack(message)), undefined));
}

test("bytes that are no msgpack, or too much of it, are no input", () => {
  assert.equal(decodeInput(Buffer.alloc(0)), undefined);
  assert.equal(decodeInput(Buffer.from([0x96, 2])), undefined);
  assert.equal(decodeInput(Buffer.concat([pack(GOOD), Buffer.of(0)])), undefined);
});

function ship(id: number): Ship {
  const made = new Ship(id, 100.06 + id, 9000.99);
  Object.assign(made, { vx: -419.97, vy: 0.03, aim: 4080 });
  return made;
}

test("a snapshot is its viewer's own part and the cells of its view", () => {
  const view = joinCells([encodeCell([ship(1), ship(2)]), encodeCell([ship(3)])]);
  const snapshot = unpack(encodeSnapshot(70_000, 69_998, ship(2), view));
  assert.deepEqual(snapshot, [
    ...[17, 70_000, 69_998, 2, 816, 72_008, -6720, 0, -1],
    [
      [
        [1, 808, 72_008, -6720, 0, -1],
        [2, 816, 72_008, -6720, 0, -1],
      ],
      [[3, 824, 72_008, -6720, 0, -1]],
    ],
  ]);
});

test("a view may have no cells with ships in them, or many", () => {
  for (const count of [0, 15, 16, 300]) {
    const cells = Array.from({ length: count }, (_, n) => encodeCell([ship(n)]));
    assert.equal(unpack(encodeSnapshot(1, 0, ship(1), joinCells(cells))).at(-1).length, count);
  }
});
