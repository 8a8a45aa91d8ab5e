/**
 * What a game wants read large, in the middle of the picture: how long until one is back, until the kick-off.
 */

import type { Description, HudLine, Scene } from "@ricochet/sdk";
import { css, hue } from "../render/palette";
import { element, show, style, write } from "./dom";
import { linesAt, valueOf, wordsOf } from "./vitals";

export class Middle {
  readonly root = element("div", "middle");
  private notes: readonly Note[] = [];

  enter(description: Description): void {
    this.notes = linesAt(description, "middle").map((line) => new Note(line));
    this.root.replaceChildren(...this.notes.map((note) => note.root));
  }

  draw(scene: Scene): void {
    const playing = scene.match?.phase !== "podium" && scene.link.state === "playing" && scene.me_id > 0;
    for (const note of this.notes) note.draw(scene, playing);
  }
}

class Note {
  readonly root: HTMLElement;
  private readonly line: HudLine;
  private readonly count = element("b", "respawn-count");

  constructor(line: HudLine) {
    this.line = line;
    this.root = element("section", "respawn", element("h2", "", line.label), this.count);
    this.root.setAttribute("role", "status");
    this.count.setAttribute("aria-live", "off"); // else a screen reader would count along
    style(this.root, "--hue", css(hue(line.hue)));
    show(this.root, false);
  }

  draw(scene: Scene, playing: boolean): void {
    const words = wordsOf(this.line, valueOf(this.line, scene), scene.tick_rate);
    show(this.root, playing && words !== "");
    if (playing) write(this.count, words);
  }
}
