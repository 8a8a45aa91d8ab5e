import { expect, test } from "vitest";

import type { Arena, ClientMessage, Edited } from "@ricochet/sdk";
import { Site } from "./site";

const ARENA: Arena = { name: "Site", size: { width: 1024, height: 1024 }, spawns: [], walls: [], blocks: [], rocks: [], crates: [] };
const WALL = { kind: "wall", x: 100, y: 100, points: [[-50, 0], [50, 0]] } as const;
const WHOLE: Edited = {
  type: "edited", revision: 3, player: 1, serial: 0, steps: [], checksum: 0, refused: "", heard: 0, may_edit: true,
  plan: { size: ARENA.size, pieces: [[1, { kind: "spawn", x: 500, y: 500 }]] },
};

function site(): { site: Site; said: ClientMessage[]; shown: Arena[]; foreseen: Arena[]; notices: string[] } {
  const [said, shown, foreseen, notices]: [ClientMessage[], Arena[], Arena[], string[]] = [[], [], [], []];
  const made = new Site({
    send: (message) => said.push(message),
    shown: (arena) => shown.push(arena),
    foreseen: (arena) => foreseen.push(arena),
    notice: (sentence) => notices.push(sentence),
  });
  made.join(1, ARENA);
  return { site: made, said, shown, foreseen, notices };
}

test("one's own edit is shown at once, and foreseen when the server has it", () => {
  const { site: made, said, shown, foreseen } = site();
  expect(said).toEqual([{ type: "edit", serial: 0, steps: [], since: -1, checksum: 0 }]);
  made.take(WHOLE, 0);
  made.step(0);
  expect([shown.length, foreseen.length]).toEqual([1, 1]);
  expect(made.edit([{ do: "add", id: 7, piece: WALL }])).toBe(true);
  made.step(1000);
  expect(shown.at(-1)!.walls.length).toBe(1);
  expect(foreseen.at(-1)!.walls.length).toBe(0);
});

test("arenas are laid out anew only now and then", () => {
  const { site: made, shown } = site();
  made.take(WHOLE, 0);
  for (let at = 0; at < 10; at += 1) {
    made.edit([{ do: "add", id: 10 + at, piece: WALL }]);
    made.step(at * 10);
  }
  expect(shown.length).toBe(2);
  made.step(500);
  expect(shown.at(-1)!.walls.length).toBe(10);
});

test("what can't be done is said, and what is refused is taken back", () => {
  const { site: made, notices } = site();
  made.take(WHOLE, 0);
  expect(made.edit([{ do: "remove", id: 99 }])).toBe(false);
  made.edit([{ do: "remove", id: 1 }]);
  made.take({ ...WHOLE, plan: null, serial: 1, refused: "the last spawn point has to stay" }, 0);
  expect(notices).toEqual(["Not done: somebody has removed it meanwhile.", "Taken back: the last spawn point has to stay."]);
  expect(made.draft.plan!.pieces.has(1)).toBe(true);
});

test("pointing is said at most ten times a second, and not twice", () => {
  const { site: made, said } = site();
  said.length = 0;
  const at = (x: number) => ({ x, y: 0, selected: [], dx: 0, dy: 0, builds: true });
  for (let now_ms = 0; now_ms < 1000; now_ms += 10) made.point(at(now_ms), now_ms);
  expect(said.length).toBe(10);
  made.point(at(5000), 1000);
  made.point(at(5000), 2000);
  made.point({ ...at(5000), builds: false }, 2001, true);
  expect(said.length).toBe(12);
});

test("others' pointers go when they try it out, or after a while; one's own is none", () => {
  const { site: made } = site();
  const pointer = (player: number, builds = true) => ({ player, x: 1, y: 2, selected: [], dx: 0, dy: 0, builds });
  made.take({ type: "pointed", people: [pointer(1), pointer(2), pointer(3)] }, 0);
  expect([...made.pointers.keys()]).toEqual([2, 3]);
  made.take({ type: "pointed", people: [pointer(2, false)] }, 10);
  expect([...made.pointers.keys()]).toEqual([3]);
  made.step(30_000);
  expect(made.pointers.size).toBe(0);
});

test("in another room nothing is said or undone of what was done in the one before", () => {
  const { site: made, said } = site();
  made.take(WHOLE, 0);
  made.edit([{ do: "add", id: 7, piece: WALL }]);
  made.join(1, ARENA, "other");
  made.take(WHOLE, 0);
  expect(said.filter((message) => message.type === "edit" && message.serial > 0).length).toBe(1);
  expect([made.draft.can_undo, made.draft.plan!.pieces.has(7)]).toEqual([false, false]);
});
