import { expect, test } from "vitest";

import golden from "../../../tests/golden/engine.json";
import { engine } from "./engine_inline";
import { type Vectors, differenceIn, differences } from "./engine_vectors";

const vectors = golden as unknown as Vectors;

test.each(vectors.scenes.map((scene) => scene.name))("%s: ten seconds, to the server's last bit", (name) => {
  const scene = vectors.scenes.find((one) => one.name === name)!;
  expect(differenceIn(engine, vectors, scene)).toBeNull();
});

test("one bit is enough to be told", () => {
  const scene = structuredClone(vectors.scenes[0]!);
  scene.bodies[0]!.state[2]! += 2 ** -46;
  expect(differences(engine, { ...vectors, scenes: [scene] })).toHaveLength(1);
});
