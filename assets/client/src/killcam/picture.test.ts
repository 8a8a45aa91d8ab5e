import { expect, test } from "vitest";

import { type Ending, History, NOTHING } from "@ricochet/sdk";
import golden from "../../../../tests/golden/snapshots.json";
import { ClipPicture } from "./picture";

const kinds = golden.kinds as ConstructorParameters<typeof History>[0];
const SHIP = kinds.findIndex(({ category }) => category === "ship");
const [ADA, EVE] = [3, 5];
const ENDING: Ending = { tick: 300, slain: { victim: ADA, killer: EVE }, event: { name: "kill", body: {} }, players: new Map() };

type Told = Parameters<History["heard"]>[1];

function ship(owner: number, tick: number, x: number) {
  return { id: 10 + owner, kind: SHIP, variant: 0, owner, status: 15, tick, x, y: 0, vx: 0, vy: 0, angle: 0, spin: 0, move_x: 0, move_y: 0 };
}

/** Eve comes nearer, and at tick 300 Ada is gone. */
function clip() {
  const history = new History(kinds, 60);
  const tell = (tick: number) => {
    const there = tick < 300 ? [ship(EVE, tick, 8000 - 10 * tick), ship(ADA, tick, 1600)] : [ship(EVE, tick, 5000)];
    history.heard(tick, new Map(there.map((one) => [one.id, one])) as Told);
  };
  for (let tick = 0; tick <= 300; tick += 2) tell(tick);
  const made = history.clip(ENDING);
  for (let tick = 302; tick <= 330; tick += 2) tell(tick);
  return made;
}

test("killer and victim are found where they are, move, and the victim is marked as oneself", () => {
  const played = clip();
  const picture = new ClipPicture(played, NOTHING);
  const killers = [60, 160, 260].map((tick) => {
    played.advance(tick);
    const scene = picture.take(16 / 9, tick / 60, 0.5);
    expect(scene.entities.filter(({ mine }) => mine).map(({ owner }) => owner)).toEqual([ADA]);
    expect([scene.me, scene.me_id, scene.tick]).toEqual([null, ADA, tick]);
    expect(picture.victim).toEqual({ x: 200, y: 0 });
    return picture.killer!.x;
  });
  expect(killers).toEqual([925, 800, 675]);
});

test("after the end the victim is gone, and the picture stays with the killer", () => {
  const played = clip();
  const picture = new ClipPicture(played, NOTHING);
  played.advance(320);
  const scene = picture.take(16 / 9, 5, 0.5);
  expect([picture.victim, picture.killer]).toEqual([null, { x: 625, y: 0 }]);
  expect(scene.camera).toEqual({ x: 625, y: 0 });
  expect(picture.around).toBeNull();
});

test("what was told of is around the victim, after the end too", () => {
  const played = clip();
  const picture = new ClipPicture(played, NOTHING);
  for (const tick of [260, 320]) {
    played.advance(tick);
    picture.take(16 / 9, tick / 60, 0.5);
    expect(picture.around).toEqual({ x: 200, y: 0 });
  }
});
