import { expect, test } from "vitest";

import golden from "../../../tests/golden/snapshots.json";
import { checksumOf } from "./checksum";
import { jsonCodec } from "./codec";
import type { Kind } from "./kinds";
import type { Published } from "./reckoning";
import type { CellDelta, CellKeyframe, Snapshot } from "./snapshot";
import { View } from "./view";

const kinds = golden.kinds as Kind[];

function entity(id: number, fields: Partial<Published> = {}): Published {
  return { id, kind: 0, variant: 0, owner: 0, status: 0, tick: 10, x: 0, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0, ...fields };
}

function keyframe(cell: number, ...entities: Published[]): CellKeyframe {
  return { cell, keyframe: true, checksum: checksumOf(entities), entities };
}

function delta(cell: number, news: Partial<CellDelta>): CellDelta {
  return { cell, keyframe: false, checksum: null, gone: [], entered: [], moved: [], changed: [], ...news };
}

function snapshot(tick: number, cells: Snapshot["cells"], left: number[] = []): Snapshot {
  return { type: "snapshot", tick, ack: 0, slack_ms: null, own: null, hud: null, left, near: null, cells };
}

test("thirty snapshots of a busy arena leave us believing what the server does", () => {
  const view = new View(kinds, golden.tick_rate);
  for (const { json } of golden.snapshots) {
    expect(view.apply(jsonCodec.decode(JSON.stringify(json)) as Snapshot)).toEqual([]);
  }
  expect([...view.entities.values()].sort((a, b) => a.id - b.id)).toEqual(golden.entities);
  expect(view.checksum_mismatches).toBe(0);
});

test("an entity that crosses a border is there once, whichever cell is told of first", () => {
  for (const order of [1, -1]) {
    const view = new View(kinds, 60);
    view.apply(snapshot(10, [keyframe(0, entity(7)), keyframe(1)]));
    const crossing = [delta(0, { gone: [7] }), delta(1, { entered: [entity(7, { tick: 12, x: 5000 })] })];
    view.apply(snapshot(12, order > 0 ? crossing : crossing.reverse()));
    expect(view.entities.get(7)).toMatchObject({ x: 5000 });
    expect([view.cell(0)!.size, view.cell(1)!.size]).toEqual([0, 1]);
  }
});

test("who moves takes along what was believed, whichever cell is told of first", () => {
  for (const order of [1, -1]) {
    const view = new View(kinds, 60);
    view.apply(snapshot(10, [keyframe(0, entity(7, { x: 800 })), keyframe(1)]));
    const crossing = [delta(0, { gone: [7] }), delta(1, { moved: [{ source: 0, changed: [[7, 1, 5, 0]] }] })];
    view.apply(snapshot(10, order > 0 ? crossing : crossing.reverse()));
    expect(view.entities.get(7)).toMatchObject({ x: 805, tick: 10 });
    expect([view.cell(0)!.size, view.cell(1)!.size]).toEqual([0, 1]);
  }
});

test("a keyframe replaces all that was known of its cell", () => {
  const view = new View(kinds, 60);
  view.apply(snapshot(10, [keyframe(0, entity(1), entity(2))]));
  view.apply(snapshot(12, [keyframe(0, entity(2), entity(3))]));
  expect([...view.entities.keys()].sort()).toEqual([2, 3]);
});

test("cells out of sight are forgotten with what is in them", () => {
  const view = new View(kinds, 60);
  view.apply(snapshot(10, [keyframe(0, entity(1)), keyframe(1, entity(2))]));
  view.apply(snapshot(12, [], [0]));
  expect([...view.entities.keys()]).toEqual([2]);
  expect(view.cell(0)).toBeUndefined();
});

test("a disagreement is counted, named, and mended by the keyframe", () => {
  const view = new View(kinds, 60);
  view.apply(snapshot(10, [keyframe(0, entity(1))]));
  const wrong = delta(0, { changed: [[1, 32, 5], [9, 32, 5]], checksum: 12345 });
  expect(view.apply(snapshot(12, [wrong]))).toEqual([0]);
  expect(view.checksum_mismatches).toBe(1);
  expect(view.apply(snapshot(14, [keyframe(0, entity(1))]))).toEqual([]);
});

test("an entity that is not in `changed` keeps its old state and its old tick", () => {
  const view = new View(kinds, 60);
  view.apply(snapshot(10, [keyframe(0, entity(1, { vx: 160 }), entity(2))]));
  view.apply(snapshot(20, [delta(0, { changed: [[2, 0]] })]));
  expect(view.entities.get(1)).toMatchObject({ tick: 10, x: 0 });
  expect(view.entities.get(2)).toMatchObject({ tick: 20 });
});
