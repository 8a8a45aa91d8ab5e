import { expect, test } from "vitest";

import { type PlanPiece, whole } from "@ricochet/sdk";
import { boxOf, cornered, cornersOf, foreseen, middleOf, moved, outlineOf, pieceAt, piecesIn, scaled, snapped, turned } from "./geometry";

const wall = whole({ kind: "wall", x: 100, y: 100, points: [[-50, 0], [50, 0]], radius: 16 });
const block = whole({ kind: "block", x: 300, y: 100, points: [[-40, -40], [40, -40], [40, 40], [-40, 40]] });
const rock = whole({ kind: "rock", x: 500, y: 100, angle: 0, points: [[-30, -30], [30, -30], [0, 30]] });
const crate = whole({ kind: "crate", x: 300, y: 100 });
const spawn = whole({ kind: "spawn", x: 100, y: 300 });
const goal = whole({ kind: "goal", x: 300, y: 100, width: 200, height: 128, team: 1 });
const pieces = new Map<number, PlanPiece>([[1, wall], [2, block], [3, rock], [4, crate], [5, spawn], [6, goal]]);

test("what is under the pointer", () => {
  expect(pieceAt(pieces, { x: 140, y: 114 }, 0)).toBe(1);
  expect(pieceAt(pieces, { x: 140, y: 120 }, 0)).toBe(null);
  expect(pieceAt(pieces, { x: 140, y: 120 }, 6)).toBe(1);
  expect(pieceAt(pieces, { x: 335, y: 135 }, 0)).toBe(2);
  expect(pieceAt(pieces, { x: 300, y: 100 }, 0)).toBe(4);
  expect(pieceAt(pieces, { x: 390, y: 160 }, 0)).toBe(6);
  expect(pieceAt(pieces, { x: 110, y: 305 }, 0)).toBe(5);
  expect(pieceAt(pieces, { x: 500, y: 90 }, 0)).toBe(3);
});

test("what a frame holds wholly", () => {
  expect(piecesIn(pieces, { left: 0, top: 0, right: 370, bottom: 320 })).toEqual([1, 2, 4, 5]);
});

test("a selection is as large as its thickest parts", () => {
  expect(boxOf([[1, wall]])).toEqual({ left: 34, top: 84, right: 166, bottom: 116 });
  expect(middleOf(boxOf([[1, wall], [5, spawn]])!)).toEqual({ x: 100, y: 200 });
  expect(boxOf([])).toBe(null);
});

test("pieces are moved by their place alone", () => {
  expect(moved([[1, wall], [4, crate]], 8, -4)).toEqual([
    { do: "change", id: 1, x: 108, y: 96 },
    { do: "change", id: 4, x: 308, y: 96 },
  ]);
});

test("turning a quarter takes the points along, or the angle", () => {
  const [first, second] = foreseen([[1, wall], [4, crate]], turned([[1, wall], [4, crate]], { x: 100, y: 100 }, Math.PI / 2));
  expect(outlineOf(first!).points).toEqual([[100, 50], [100, 150]]);
  expect([second!.x, second!.y]).toEqual([100, 300]);
  expect(second!.angle).toBeCloseTo(Math.PI / 2);
});

test("scaling leaves the thickness of a wall and the size of a crate", () => {
  const [first, second, third] = foreseen([[1, wall], [4, crate], [6, goal]], scaled([[1, wall], [4, crate], [6, goal]], { x: 100, y: 100 }, 2));
  expect(outlineOf(first!)).toEqual({ points: [[0, 100], [200, 100]], closed: false, radius: 16 });
  expect([second!.x, second!.y]).toEqual([500, 100]);
  expect([third!.width, third!.height]).toEqual([400, 256]);
});

test("places snap to a grid", () => {
  expect([snapped(23), snapped(25), snapped(-9), snapped(3, 2)]).toEqual([16, 32, -16, 4]);
});

test("a corner is put somewhere else, and all others stay", () => {
  expect(cornersOf(crate)).toEqual([]);
  const turned_rock = whole({ ...rock, angle: Math.PI / 2 });
  for (const piece of [wall, block, turned_rock]) {
    const [after] = foreseen([[1, piece]], cornered(1, piece, 1, { x: 333, y: 155 }));
    const corners = cornersOf(after!);
    expect([corners[1]![0], corners[1]![1]].map((value) => Math.round(value * 100) / 100)).toEqual([333, 155]);
    expect(corners.filter((_, at) => at !== 1)).toEqual(cornersOf(piece).filter((_, at) => at !== 1));
  }
});
