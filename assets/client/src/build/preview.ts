/** A small picture of an arena that is kept somewhere: fetched and drawn once it is in sight, and named in words. */

import type { Arena } from "@ricochet/sdk";
import { element } from "../hud/dom";
import { drawSmall, inWords, sized } from "../lobby/small_arena";

const SIDE_PX = 64;

export class Preview {
  readonly root = element("canvas", "build-preview");
  readonly #name: string;
  /** Only the newest that was asked for is drawn. */
  #asked = 0;
  #seen: () => void = () => undefined;
  readonly #watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    this.#watch.disconnect();
    this.#seen();
  });

  constructor(name: string) {
    this.#name = name;
    sized(this.root, SIDE_PX);
    this.root.setAttribute("role", "img");
    this.root.setAttribute("aria-label", `Picture of ${name}`);
  }

  /** Shows what `read` brings, if it is to be had; at once if it is in sight. */
  show(read: () => Promise<Arena>): void {
    const asked = (this.#asked += 1);
    this.#seen = () => {
      read().then(
        (arena) => {
          if (asked !== this.#asked) return;
          drawSmall(this.root, arena);
          this.root.setAttribute("aria-label", `Picture of ${this.#name}: ${inWords(arena)}`);
        },
        () => undefined, // the frame stays empty
      );
    };
    this.#watch.disconnect();
    this.#watch.observe(this.root);
  }
}
