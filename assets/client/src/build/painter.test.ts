import { beforeEach, expect, test } from "vitest";

import { Editor } from "./editor";
import { type Lens, cornerHandles } from "./painter";
import { Site } from "./site";

const LENS: Lens = { scale: 0.5, width_px: 800, height_px: 600, toScreen: ({ x, y }) => ({ x: x / 2, y: y / 2 }) };
let editor: Editor;

/** A wall has just been drawn, and is selected. */
beforeEach(() => {
  const site = new Site({ send: () => undefined, shown: () => undefined, foreseen: () => undefined, notice: () => undefined });
  site.join(1, { name: "Site", size: { width: 1024, height: 1024 }, spawns: [], walls: [], blocks: [], rocks: [], crates: [] });
  site.take({
    type: "edited", revision: 0, player: 1, serial: 0, steps: [], checksum: 0, refused: "", heard: 0, may_edit: true,
    plan: { size: { width: 1024, height: 1024 }, pieces: [[2, { kind: "wall", x: 200, y: 200, points: [[-40, 0], [40, 0]] }]] },
  }, 0);
  editor = new Editor(site);
  editor.walk(1);
});

test("corners are handles where they are, unless they would cover what is selected", () => {
  expect(cornerHandles(editor, LENS)).toEqual([{ x: 80, y: 100 }, { x: 120, y: 100 }]);
  expect(cornerHandles(editor, LENS, 66)).toEqual([]);
});

test("while pieces are drawn, the next may begin where the last one ended", () => {
  editor.tool = "wall";
  expect(cornerHandles(editor, LENS)).toEqual([]);
  editor.cancel();
  expect(cornerHandles(editor, LENS)).toHaveLength(2);
});
