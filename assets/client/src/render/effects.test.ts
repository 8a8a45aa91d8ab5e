import { beforeEach, expect, test } from "vitest";

import { BOOSTING_BIT, type Drawn, PROTECTED_BIT, type Scene, SHIELD_BIT } from "@ricochet/sdk";
import { EffectReader } from "./effects";

let reader: EffectReader;

beforeEach(() => {
  reader = new EffectReader();
});

function entity(id: number, kind: string, changes: Partial<Drawn> = {}): Drawn {
  return {
    id, kind, variant: 0, owner: 1, status: 0, x: 10, y: 20, vx: 1, vy: 2, angle: 0,
    colour: "owner", label: "", radius: 16, thrust: { x: 0, y: 0 }, mine: false, ...changes,
  };
}

function effectsOf(...entities: Drawn[]): string[] {
  const scene = { entities, camera: { x: 0, y: 0 }, time_s: 0, match: null } as unknown as Scene;
  return reader.read(scene).map((effect) => effect.name);
}

test("what is there at first is no news", () => {
  expect(effectsOf(entity(1, "shot"), entity(2, "ship", { status: PROTECTED_BIT }))).toEqual([]);
});

test("a shot is fired, bounces and is spent", () => {
  effectsOf();
  expect(effectsOf(entity(1, "shot"))).toEqual(["shot"]);
  expect(effectsOf(entity(1, "shot"))).toEqual([]);
  expect(effectsOf(entity(1, "shot", { status: 1 }))).toEqual(["bounce"]);
  expect(effectsOf(entity(1, "shot", { status: 3 }))).toEqual(["bounce"]);
  expect(effectsOf()).toEqual(["spent"]);
  expect(effectsOf()).toEqual([]);
});

test("a shot first seen after a bounce was not fired here", () => {
  effectsOf();
  expect(effectsOf(entity(1, "shot", { status: 2 }))).toEqual([]);
});

test("a ship is hurt, loses its shield, boosts and explodes", () => {
  effectsOf(entity(1, "ship", { status: 15 | SHIELD_BIT }));
  expect(effectsOf(entity(1, "ship", { status: 15 }))).toEqual(["shield_down"]);
  expect(effectsOf(entity(1, "ship", { status: 9 }))).toEqual(["hurt"]);
  expect(effectsOf(entity(1, "ship", { status: 9 | BOOSTING_BIT }))).toEqual(["boost"]);
  expect(effectsOf(entity(1, "ship", { status: 12 | BOOSTING_BIT }))).toEqual([]);
  expect(effectsOf()).toEqual(["explosion"]);
});

test("an effect says where, whose and how much", () => {
  effectsOf(entity(1, "ship", { status: 15, owner: 7, mine: true }));
  const entities = [entity(1, "ship", { owner: 7, mine: true, x: 5 })];
  const scene = { entities, camera: { x: 0, y: 0 }, time_s: 0, match: null };
  const [effect] = reader.read(scene as unknown as Scene);
  expect(effect).toMatchObject({ name: "hurt", x: 5, y: 20, owner: 7, mine: true, amount: 1 });
});

test("who vanishes at the edge has only left", () => {
  effectsOf(entity(1, "ship", { x: 690 }), entity(2, "crate", { y: -700 }));
  expect(effectsOf()).toEqual([]);
});

test("where the camera looks elsewhere, it counts what the server told of", () => {
  const scene = (...entities: Drawn[]) => ({ entities, camera: { x: 600, y: 0 }, time_s: 0, match: null }) as unknown as Scene;
  reader.read(scene(entity(1, "ship", { x: 690 }), entity(2, "ship", { x: -200 })), { x: 0, y: 0 });
  expect(reader.read(scene(), { x: 0, y: 0 })).toMatchObject([{ name: "explosion", x: -200 }]);
});

test("crates are hurt and break, pick-ups are taken, rocks do neither", () => {
  effectsOf(entity(1, "crate", { status: 15 }), entity(2, "pickup"), entity(3, "rock"));
  expect(effectsOf(entity(1, "crate", { status: 4 }), entity(2, "pickup"), entity(3, "rock"))).toEqual(["crate_hurt"]);
  expect(effectsOf().sort()).toEqual(["debris", "pickup"]);
});

test("a ship that comes back is a spawn", () => {
  effectsOf();
  expect(effectsOf(entity(9, "ship", { status: PROTECTED_BIT | 15 }))).toEqual(["spawn"]);
});

test("an entity id that came back as another kind is a new entity", () => {
  effectsOf(entity(1, "crate", { status: 15 }));
  expect(effectsOf(entity(1, "shot"))).toEqual(["shot"]);
});

test("after forgetting, the next scene is the first", () => {
  effectsOf(entity(1, "ship"));
  reader.forget();
  expect(effectsOf(entity(2, "shot"))).toEqual([]);
  expect(effectsOf(entity(2, "shot"))).toEqual([]);
});

test("what has changed while nobody looked is no effect: the page was hidden", () => {
  const at = (time_s: number, ...entities: Drawn[]): string[] => {
    const scene = { entities, camera: { x: 0, y: 0 }, time_s, match: null } as unknown as Scene;
    return reader.read(scene).map((effect) => effect.name);
  };
  at(10, entity(1, "ship"), entity(2, "crate"));
  expect(at(310, entity(3, "ship", { status: PROTECTED_BIT }), entity(4, "shot"))).toEqual([]);
  expect(at(310.1, entity(3, "ship"))).toEqual(["spent"]);
});

/** A match is another one when it is told anew. */
const MATCHES: Record<string, object> = { play: { phase: "play" }, podium: { phase: "podium" }, kickoff: { phase: "play" } };

test("when a match ends, nobody who is put elsewhere has exploded", () => {
  const at = (time_s: number, phase: string, ...entities: Drawn[]): string[] => {
    const scene = { entities, camera: { x: 0, y: 0 }, time_s, match: MATCHES[phase] } as unknown as Scene;
    return reader.read(scene).map((effect) => effect.name);
  };
  at(0, "play", entity(1, "ship"), entity(2, "ship"));
  expect(at(1, "podium", entity(1, "ship"), entity(2, "ship"))).toEqual([]);
  expect(at(1.2, "podium", entity(2, "ship"), entity(3, "ship", { status: PROTECTED_BIT }))).toEqual([]);
  expect(at(2, "podium", entity(3, "ship"))).toEqual(["explosion"]);
  expect(at(3, "kickoff")).toEqual([]);
});

test("a ball that changes its way was kicked, the harder the more", () => {
  effectsOf(entity(1, "ball", { vx: 0, vy: 0 }));
  expect(effectsOf(entity(1, "ball", { vx: 20, vy: 0 }))).toEqual([]);
  expect(effectsOf(entity(1, "ball", { vx: 400, vy: 0 }))).toEqual(["kick"]);
  effectsOf();
  expect(effectsOf(entity(1, "ball", { vx: 900, vy: 0 }))).toEqual([]);
});
