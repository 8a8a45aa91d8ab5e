import { beforeEach, expect, test } from "vitest";

import type { ClientMessage, Step } from "@ricochet/sdk";
import { Editor } from "./editor";
import { Site } from "./site";

const said: ClientMessage[] = [];
let editor: Editor;
let site: Site;

beforeEach(() => {
  said.length = 0;
  site = new Site({ send: (message) => said.push(message), shown: () => undefined, foreseen: () => undefined, notice: () => undefined });
  site.join(1, { name: "Site", size: { width: 1024, height: 1024 }, spawns: [], walls: [], blocks: [], rocks: [], crates: [] });
  site.take({
    type: "edited", revision: 0, player: 1, serial: 0, steps: [], checksum: 0, refused: "", heard: 0, may_edit: true,
    plan: {
      size: { width: 1024, height: 1024 },
      pieces: [[1, { kind: "spawn", x: 500, y: 500 }], [2, { kind: "wall", x: 200, y: 200, points: [[-50, 0], [50, 0]] }], [3, { kind: "crate", x: 300, y: 400 }]],
    },
  }, 0);
  said.length = 0;
  let random = 0;
  editor = new Editor(site, () => (random += 0.125));
});

/** The steps that were said last. */
function steps(): readonly Step[] {
  const last = said.at(-1);
  return last?.type === "edit" ? last.steps : [];
}

function dragged(from: readonly [number, number], to: readonly [number, number], adds = false): void {
  editor.press({ x: from[0], y: from[1] }, 4, null, adds);
  editor.move({ x: to[0], y: to[1] });
  editor.release();
}

test("a wall is drawn from where the pointer was pressed to where it is let go, on the grid", () => {
  editor.tool = "wall";
  dragged([101, 99], [303, 95]);
  expect(steps()).toEqual([{ do: "add", id: expect.any(Number), piece: { kind: "wall", x: 200, y: 96, points: [[-104, -0], [104, 0]] } }]);
  expect([...editor.selected]).toEqual([steps()[0]!.id]);
});

test("a click puts down a piece of a usual size, and so does the space bar, in the middle", () => {
  editor.tool = "rock";
  dragged([400, 300], [402, 301]);
  expect(steps()[0]).toMatchObject({ do: "add", piece: { kind: "rock", x: 400, y: 304 } });
  editor.tool = "goal";
  editor.eye = { x: 600, y: 100 };
  editor.putHere();
  expect(steps()[0]).toMatchObject({ piece: { kind: "goal", x: 608, y: 96, width: 96, height: 96, team: 1 } });
});

test("what is dragged is moved once, when it is let go", () => {
  editor.press({ x: 230, y: 205 }, 4, null, false);
  editor.move({ x: 250, y: 211 });
  expect(said.length).toBe(0);
  expect(editor.way).toEqual({ x: 24, y: 8 });
  expect(editor.preview[0]!.x).toBe(224);
  editor.release();
  expect(steps()).toEqual([{ do: "change", id: 2, x: 224, y: 208 }]);
});

test("a click only selects; with shift one more, or one less", () => {
  dragged([200, 200], [200, 200]);
  dragged([300, 400], [300, 400], true);
  expect([...editor.selected]).toEqual([2, 3]);
  dragged([300, 400], [300, 400], true);
  expect([...editor.selected]).toEqual([2]);
  dragged([900, 900], [900, 900]);
  expect(editor.selected.size).toBe(0);
  dragged([100, 100], [400, 500], true);
  expect([...editor.selected]).toEqual([2, 3]);
  expect(said.length).toBe(0);
});

test("the keyboard walks from piece to piece, moves, turns, copies and removes", () => {
  editor.walk(1);
  editor.walk(1);
  expect([[...editor.selected], editor.eye]).toEqual([[2], { x: 200, y: 200 }]);
  editor.nudge(16, 0);
  expect(steps()).toEqual([{ do: "change", id: 2, x: 216, y: 200 }]);
  editor.turn(Math.PI / 2);
  expect(steps()[0]).toMatchObject({ points: [[0, -50], [0, 50]] });
  editor.thicken(1);
  expect(steps()).toEqual([{ do: "change", id: 2, radius: 24 }]);
  editor.duplicate();
  expect(steps()[0]).toMatchObject({ do: "add", piece: { x: 216 + 80, radius: 24 } });
  editor.remove();
  expect(steps()[0]).toMatchObject({ do: "remove" });
  expect(editor.selected.size).toBe(0);
  editor.walk(-1);
  expect([...editor.selected]).toEqual([3]);
});

test("escape gives up the drag, then the tool, then the selection", () => {
  editor.walk(1);
  editor.tool = "wall";
  editor.press({ x: 0, y: 0 }, 4, null, false);
  editor.cancel();
  expect([editor.drag, editor.tool]).toEqual([null, "wall"]);
  editor.cancel();
  expect([editor.tool, editor.selected.size]).toEqual(["select", 1]);
  editor.cancel();
  expect(editor.selected.size).toBe(0);
});

test("a corner is dragged by its handle, one edit each time, and undone like all else", () => {
  dragged([200, 200], [200, 200]);
  expect(editor.corners).toEqual([[150, 200], [250, 200]]);
  editor.press({ x: 250, y: 201 }, 4, 1, false);
  editor.move({ x: 262, y: 239 });
  editor.move({ x: 263, y: 243 });
  expect([said.length, editor.preview[0]!.points]).toEqual([0, [[-50, 0], [64, 40]]]);
  editor.release();
  expect([said.length, steps()]).toEqual([1, [{ do: "change", id: 2, points: [[-50, 0], [64, 40]] }]]);
  site.undo();
  expect(steps()).toEqual([{ do: "change", id: 2, points: [[-50, 0], [50, 0]] }]);
  editor.press({ x: 250, y: 200 }, 4, 1, false);
  editor.release();
  expect(said.length).toBe(2);
});

test("the keyboard takes corners in hand, one after the other, moves them and lets go", () => {
  editor.walk(1);
  editor.walkCorners(1);
  expect([editor.corners, editor.corner]).toEqual([[], null]);
  editor.walk(1);
  editor.walkCorners(1);
  editor.walkCorners(1);
  editor.nudge(0, 16);
  expect([editor.corner, steps()]).toEqual([1, [{ do: "change", id: 2, points: [[-50, 0], [50, 16]] }]]);
  editor.walkCorners(-1);
  editor.nudge(-16, 0);
  expect(steps()).toEqual([{ do: "change", id: 2, points: [[-66, 0], [50, 16]] }]);
  expect([editor.cancel(), editor.corner, editor.selected.size]).toEqual([true, null, 1]);
  editor.nudge(1, 0);
  expect(steps()).toEqual([{ do: "change", id: 2, x: 201, y: 200 }]);
});
