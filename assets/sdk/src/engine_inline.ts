/** The engine for where nothing can be fetched: tests in Node. The page fetches it, see `loadEngine`. */

import inlined from "../engine/munk2d.wasm?url&inline";
import { loadEngine } from "./physics";

export const engine = await loadEngine(inlined);
