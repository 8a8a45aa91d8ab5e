/**
 * The golden scenes of `tests/golden/engine.json`, lived again in the engine of this machine's WebAssembly, and held to every bit.
 *
 * The scenes were lived in the server's world. Each says where bodies start and what is steered; after every tick
 * a CRC-32 over the bits of all states must be the server's, and what began to touch, too.
 */

import { crc32 } from "./checksum";
import type { Kind } from "./kinds";
import { type Input, NEUTRAL } from "./motion";
import { type Engine, STATE_LENGTH, type Space, makeSpace } from "./physics";
import type { Arena, Point } from "./scene";

export interface Scene {
  name: string;
  tick_rate: number;
  bodies: { kind: number; corners: number[][] | null; group: number; state: number[] }[];
  inputs: { body: number; tick: number; input: number[] }[];
  /** [tick, entity, other] */
  contacts: number[][];
  checksums: number[];
  states: number[][][];
}

export interface Vectors {
  kinds: Kind[];
  arena: Arena;
  ticks: number;
  scenes: Scene[];
}

/** One scene, ready to be stepped; bodies have the numbers 1, 2, … in the scene's order. */
export class Life {
  readonly space: Space;
  readonly contacts: number[][] = [];
  readonly #vectors: Vectors;
  readonly #scene: Scene;
  readonly #helms: { boost_ticks: number }[];
  readonly #now: Input[];

  constructor(engine: Engine, vectors: Vectors, scene: Scene) {
    this.space = makeSpace(engine, vectors.arena);
    this.#vectors = vectors;
    this.#scene = scene;
    this.#helms = scene.bodies.map(() => ({ boost_ticks: 0 }));
    this.#now = scene.bodies.map(() => NEUTRAL);
    for (const { kind, corners, group, state } of scene.bodies) {
      const body = this.space.makeBody(vectors.kinds[kind]!, (corners ?? []) as unknown as Point[], group);
      this.space.states.set(state, body * STATE_LENGTH);
      this.space.enter(body);
    }
  }

  step(tick: number): void {
    const { bodies, inputs, tick_rate } = this.#scene;
    for (const body of new Set(inputs.map((said) => said.body))) {
      const said = inputs.find((input) => input.body === body && input.tick === tick);
      this.#now[body] = said ? inputOf(said.input) : { ...this.#now[body]!, edges: 0 };
      this.space.steer(body + 1, this.#helms[body]!, this.#now[body]!, this.#vectors.kinds[bodies[body]!.kind]!, tick_rate);
    }
    this.space.step(tick_rate);
    for (const { entity, other } of this.space.contacts()) this.contacts.push([tick, entity, other]);
  }

  states(): Float64Array {
    return this.space.states.slice(STATE_LENGTH, STATE_LENGTH * (this.#scene.bodies.length + 1));
  }

  checksum(): number {
    return crc32(new Uint8Array(this.states().buffer));
  }
}

/** What differs from the server's, a line for each scene that does; nothing, if the engine is the same. */
export function differences(engine: Engine, vectors: Vectors): string[] {
  return vectors.scenes.flatMap((scene) => differenceIn(engine, vectors, scene) ?? []);
}

export function differenceIn(engine: Engine, vectors: Vectors, scene: Scene): string | null {
  const life = new Life(engine, vectors, scene);
  const told_every = vectors.ticks / scene.states.length;
  for (let tick = 0; tick < vectors.ticks; tick += 1) {
    life.step(tick);
    if (life.checksum() !== scene.checksums[tick]) return `${scene.name}: after tick ${tick} it is ${life.states().join(" ")}`;
    const told = (tick + 1) % told_every === 0 ? scene.states[(tick + 1) / told_every - 1]!.flat() : null;
    if (told && !told.every((number, at) => Object.is(number, life.states()[at]))) return `${scene.name}: tick ${tick} was ${told.join(" ")}`;
  }
  const same = JSON.stringify(life.contacts) === JSON.stringify(scene.contacts);
  return same ? null : `${scene.name}: what touched was ${JSON.stringify(life.contacts)}`;
}

function inputOf([move_x, move_y, aim, buttons, edges]: number[]): Input {
  return { move_x: move_x!, move_y: move_y!, aim: aim!, buttons: buttons!, edges: edges! };
}
