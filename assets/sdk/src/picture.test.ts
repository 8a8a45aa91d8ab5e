import { beforeEach, expect, test } from "vitest";

import { checksumOf } from "./checksum";
import { Duel, LINK } from "./duel";
import type { Published } from "./reckoning";
import type { Snapshot } from "./snapshot";

let duel: Duel;

beforeEach(() => {
  duel = new Duel();
});

test("the scene names what is left of ticks, and draws oneself once", () => {
  duel.run(10);
  const ship: Published = { id: 7, kind: 0, variant: 0, owner: 2, status: 15, tick: 1000, x: 0, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0 };
  const entities = [ship, { ...ship, id: 8, owner: 1, x: 800, y: 1600 }];
  const cells: Snapshot["cells"] = [{ cell: 0, keyframe: true, checksum: checksumOf(entities), entities }];
  duel.play.take(duel.snapshot({ cells }), duel.now_ms);
  const scene = duel.picture.take(duel.now_ms, LINK);
  expect(scene.hud).toEqual({ hull: 80, respawn_ticks: 1500 - 1010, boost_ticks: 0 });
  expect(scene.entities.map(({ id, mine }) => [id, mine])).toEqual([[8, false], [7, true]]);
  expect(scene.entities[0]).toMatchObject({ kind: "ship", x: 100, y: 200 });
  expect(scene.me).toMatchObject({ status: 15, thrust: { x: 1, y: 0 } });
  expect(scene.camera).toEqual({ x: scene.me!.x, y: scene.me!.y });
});

test("without a ship the camera stays where it was lost", () => {
  duel.run(10);
  const { x, y } = duel.picture.take(duel.now_ms, LINK).me!;
  duel.play.take(duel.snapshot({ own: null }), duel.now_ms);
  const scene = duel.picture.take(duel.now_ms + 16, LINK);
  expect(scene.me).toBeNull();
  expect(scene.camera).toEqual({ x, y });
});


test.each([1000 / 144, 1000 / 60 + 0.2, 1000 / 30])("in steady flight the ship is drawn evenly, with a frame every %d ms", (frame_ms) => {
  duel.controls = { ...duel.controls, move: { x: 0, y: 0 } };
  duel.run(60, frame_ms);
  duel.put({ x: 100, y: 600, vx: 300, vy: 0, boost_ticks: 0 });
  duel.run(30, frame_ms);
  let { x } = duel.picture.take(duel.now_ms, LINK).me!;
  let way = (duel.play.prediction.state!.vx * frame_ms) / 1000;
  duel.run(40, frame_ms, ({ me }) => {
    expect(Math.abs(me!.x - x - way)).toBeLessThan(0.1 * way);
    way = me!.x - x;
    ({ x } = me!);
  });
});
