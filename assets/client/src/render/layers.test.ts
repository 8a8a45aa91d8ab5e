import { expect, test } from "vitest";

import { type Drawn, NOTHING, type PlayerInfo } from "@ricochet/sdk";
import { liveryOf, paintOf, teamColour } from "./layers";
import { NOBODY, hue, livery } from "./palette";

const ada: PlayerInfo = { id: 1, name: "Ada", colour: 8, bot: false, team: 2, score: 0, counts: [], ping_ms: 0 };
const teams = [{ name: "Sky", hue: "sky" }, { name: "Ember", hue: "vermilion" }];
const scene = { players: new Map([[1, ada]]), description: NOTHING };
const sides = { ...scene, description: { ...NOTHING, teams } };

function drawn(changes: Partial<Drawn>): Drawn {
  return {
    id: 1, kind: "orb", colour: "owner", label: "", radius: 9, variant: 0, owner: 0, status: 0, x: 0, y: 0, vx: 0, vy: 0, angle: 0,
    thrust: { x: 0, y: 0 }, mine: false, ...changes,
  };
}

test("everybody has a colour of their own, and in a team its colour on a hull of their own", () => {
  expect(liveryOf(scene, 1)).toEqual(livery(8));
  expect(liveryOf(sides, 1)).toEqual({ ...livery(8), colour: hue("vermilion") });
  expect(liveryOf(sides, 7)).toBe(NOBODY);
  expect(teamColour(sides.description, 0)).toBe(NOBODY.colour);
});

test("a thing is in its owner's colour, its team's, or one by name", () => {
  expect(paintOf(scene, drawn({ owner: 1 })).colour).toBe(livery(8).colour);
  expect(paintOf(sides, drawn({ owner: 1, colour: "team" })).colour).toBe(hue("vermilion"));
  expect(paintOf(sides, drawn({ variant: 1, colour: "team" })).colour).toBe(hue("sky"));
  expect(paintOf(sides, drawn({ owner: 1, colour: "green" })).colour).toBe(hue("green"));
});
