/**
 * Prediction, held to what it is for: a client that is told everything late, and shoved about by what it can't foresee, ends
 * exactly where the server is, once it has been told of the last shove. The server is the same engine, left to itself.
 * The twin of `tests/bots/test_living_twice.py`.
 *
 * Exactly is to the last bit. What the engine remembers of contacts is in no message, and matters where a body has several
 * at once; so nothing is lived again that was right. When something wasn't, the server is taken to remember as little as its
 * message says: a shove is in the tick of a snapshot. One that comes a tick earlier, into the midst of a pinch, leaves it with
 * something to remember that nobody is told of.
 */

import { expect, test } from "vitest";

import golden from "../../../tests/golden/engine.json";
import { engine } from "./engine_inline";
import type { Kind } from "./kinds";
import { BOOST, type Input, NEUTRAL } from "./motion";
import { type BodyState, Neighbourhood, type ShipState } from "./neighbourhood";
import { Prediction } from "./prediction";
import type { Arena } from "./scene";

const LIVES = 1000;
const TICKS = 90;
const SHOVES_UNTIL = 60;
const ROCK = 2;
const CRATE = 3;

const kinds = golden.kinds as Kind[];
const rock = [[48, 3], [21, 41], [-24, 39], [-47, -2], [-22, -43], [26, -40]] as const;
const arena = { ...golden.arena, rocks: [{ points: rock, x: 0, y: 0, angle: 0 }] } as unknown as Arena;

interface Told {
  own: ShipState;
  bodies: BodyState[];
}

test.each([
  ["alone among walls, boosting", 0],
  ["beside rocks and a crate", 3],
])("%s: corrected late, it ends where one without latency ends", (_, count) => {
  const lived = lives(count, 2);
  expect(lived.filter(({ off }) => off !== 0)).toEqual([]);
  expect(lived.filter(({ corrected }) => corrected > 0).length).toBeGreaterThan(LIVES / 2);
}, 60_000);

test("shoved between two snapshots as well, one life in two hundred may end a little off", () => {
  const inexact = lives(3, 1).filter(({ off }) => off !== 0);
  expect(inexact.length).toBeLessThanOrEqual(LIVES / 200);
  expect(Math.max(0, ...inexact.map(({ off }) => off))).toBeLessThan(1);
}, 60_000);

/** How a life ended. */
interface Lived {
  /** How far from the server, in units. */
  off: number;
  /** How often what was foreseen was moved. */
  corrected: number;
}

/** A thousand lives, with so many bodies about, and shoves in one tick of `every`. */
function lives(count: number, every: number): Lived[] {
  const [server, client] = [neighbourhood(), neighbourhood()];
  return Array.from({ length: LIVES }, (_, seed) => liveTwice(server, client, seeded(seed), count, every));
}

function neighbourhood(): Neighbourhood {
  return new Neighbourhood(engine, arena, kinds, kinds[0]!, 60);
}

function liveTwice(server: Neighbourhood, space: Neighbourhood, random: () => number, count: number, every: number): Lived {
  const client = new Prediction(space, 60);
  const late = 3 + Math.floor(random() * 12);
  const told: Told[] = [beginning(random, count)];
  server.restore(told[0]!.own, told[0]!.bodies);
  client.reconcile({ ...told[0]!.own, entity: 99 }, 0, told[0]!.bodies);
  let input: Input = NEUTRAL;
  let corrected = 0;
  for (let tick = 1; tick <= TICKS; tick += 1) {
    if (random() < 0.1) input = { ...NEUTRAL, move_x: axis(random), move_y: axis(random), buttons: count === 0 && random() < 0.3 ? BOOST : 0 };
    client.step(tick, input);
    told.push(served(server, server.step(input), told[tick - 1]!.bodies));
    if (tick < SHOVES_UNTIL && tick % every === 0 && random() < 0.03 * every) told[tick] = shoved(server, told[tick]!, random);
    const news = told[tick - late];
    if (!news || (tick - late) % 2 !== 0) continue;
    const { correction_units } = client.reconcile({ ...news.own, entity: 99 }, tick - late, news.bodies);
    corrected += correction_units > 0 ? 1 : 0;
  }
  const { own } = told[TICKS]!;
  return { off: Math.hypot(client.state!.x - own.x, client.state!.y - own.y), corrected };
}

function beginning(random: () => number, count: number): Told {
  const [x, y] = [150 + 1300 * random(), 150 + 900 * random()];
  const own = { x, y, vx: 600 * random() - 300, vy: 600 * random() - 300, boost_ticks: 0 };
  const bodies = Array.from({ length: count }, (_, at): BodyState => {
    const turn = (at / count + random() / (2 * count)) * 2 * Math.PI;
    const far = 90 + 60 * random();
    const [vx, vy, spin] = [60 * random() - 30, 60 * random() - 30, random()];
    const kind = at % 2 === 0 ? ROCK : CRATE;
    return { entity: 10 + at, kind, variant: 0, x: x + far * Math.cos(turn), y: y + far * Math.sin(turn), vx, vy, angle: turn, spin, move_x: 0, move_y: 0 };
  });
  return { own, bodies };
}

function served(server: Neighbourhood, own: ShipState, before: readonly BodyState[]): Told {
  const bodies: BodyState[] = [];
  server.look((entity, state) => bodies.push({ ...before.find((body) => body.entity === entity)!, ...state }));
  return { own, bodies };
}

/** What no client can foresee: it is somewhere else all of a sudden. */
function shoved(server: Neighbourhood, { own, bodies }: Told, random: () => number): Told {
  const moved = { ...own, x: own.x + 8 * random() - 4, vx: own.vx + 80 * random() - 40, vy: own.vy + 80 * random() - 40 };
  server.restore(moved, bodies);
  return { own: moved, bodies };
}

function axis(random: () => number): number {
  return Math.floor(random() * 255) - 127;
}

/** A number generator that draws the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
