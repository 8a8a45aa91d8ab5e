/**
 * The arena of a room in small. Fetched once a visit; an arena that the server doesn't publish has an empty frame.
 */

import { type Arena } from "@ricochet/sdk";
import { element } from "../hud/dom";
import { drawSmall, sized } from "./small_arena";

const SIDE_PX = 72;
/** What saved arenas are called. */
const SAVED = /^[a-z0-9-]+$/u;

const fetched = new Map<string, Promise<Arena | null>>();

export class Thumbnail {
  readonly root = element("canvas", "room-thumbnail");
  #arena = "";

  constructor() {
    sized(this.root, SIDE_PX);
    this.root.setAttribute("aria-hidden", "true");
  }

  show(arena: string): void {
    if (arena === this.#arena) return;
    this.#arena = arena;
    void arenaOf(arena).then((found) => {
      if (arena === this.#arena && found) drawSmall(this.root, found);
    });
  }
}

function arenaOf(name: string): Promise<Arena | null> {
  let arena = fetched.get(name);
  if (!arena) {
    arena = fetchArena(name).catch(() => null);
    fetched.set(name, arena);
  }
  return arena;
}

/** A map that comes with the game, or one that people have saved. */
async function fetchArena(name: string): Promise<Arena | null> {
  const path = encodeURIComponent(name);
  const urls = [`maps/${path}.json`, ...(SAVED.test(name) ? [`api/arenas/${path}`] : [])];
  for (const url of urls) {
    const answer = await fetch(url);
    if (answer.ok) return (await answer.json()) as Arena;
  }
  return null;
}
