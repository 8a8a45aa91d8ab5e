/** Plans, held to the server's to the bit; and what a client may build on. */

import { expect, test } from "vitest";

import golden from "../../../tests/golden/plans.json";
import { type Plan, Refused, type Step, apply, arenaOf, planChecksum, revert, sent, whole } from "./plan";

const begun: Plan = { size: golden.size, pieces: new Map(golden.pieces.map(([id, piece]) => [id as number, whole(piece as never)])) };

test("steps make of a plan what the server makes of it", () => {
  let plan = begun;
  for (const row of golden.edits) {
    const steps = row.steps as unknown as Step[];
    if (row.refused === undefined) {
      plan = apply(plan, steps).plan;
      expect(planChecksum(plan)).toBe(row.checksum);
    } else {
      expect(() => apply(plan, steps)).toThrow(new Refused(row.refused));
    }
  }
  expect(arenaOf(plan, "Golden")).toEqual(golden.arena);
});

test("what is undone is as it was", () => {
  const { plan, done } = apply(begun, [{ do: "change", id: 1, x: 500 }, { do: "remove", id: 2 }]);
  const back = apply(plan, revert(plan, done)).plan;
  expect(new Map([...back.pieces].sort())).toEqual(new Map([...begun.pieces].sort()));
});

test("what others have changed since stays", () => {
  const { plan, done } = apply(begun, [{ do: "change", id: 1, x: 500, y: 500 }]);
  const later = apply(plan, [{ do: "change", id: 1, y: 600 }]).plan;
  expect(revert(later, done)).toEqual([{ do: "change", id: 1, x: begun.pieces.get(1)!.x }]);
});

test("a piece is sent with the fields of its kind", () => {
  expect(Object.keys(sent(begun.pieces.get(1)!))).toEqual(["kind", "x", "y", "points", "radius", "closed"]);
  expect(whole(sent(begun.pieces.get(8)!))).toEqual(begun.pieces.get(8));
});
