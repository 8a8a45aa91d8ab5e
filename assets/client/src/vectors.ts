/** The page `vectors.html`, which no player sees: lives the golden scenes in this browser and says what differs. */

import { loadEngine } from "@ricochet/sdk";
import golden from "../../../tests/golden/engine.json";
import { type Vectors, differences } from "@ricochet/sdk/engine_vectors";

const verdict = document.querySelector("#verdict")!;

try {
  const vectors = golden as unknown as Vectors;
  const found = differences(await loadEngine(), vectors);
  verdict.textContent = found.length > 0 ? found.join("\n") : `${vectors.scenes.length} scenes, every bit the server's`;
} catch (error) {
  verdict.textContent = String(error);
}
verdict.setAttribute("data-done", "");
