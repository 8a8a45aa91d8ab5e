/**
 * What hangs before the picture until there is one: a room that is seen late, and is younger than that, has nothing to
 * show yet. It counts down what is left; whoever hears the page is told now and then, and not each second.
 */

import type { Scene } from "@ricochet/sdk";
import { element, show, write } from "../hud/dom";
import "./watching.css";

const SPOKEN_EVERY_S = 10;

export class Curtain {
  readonly root: HTMLElement;
  private readonly words = element("p", "curtain-words");
  private readonly spoken = element("p", "sr-only");

  constructor() {
    this.words.ariaHidden = "true";
    this.spoken.setAttribute("role", "status");
    const why = element("p", "curtain-why", "Whoever watches here sees everything some time late, and this room has only just begun.");
    this.root = element("section", "curtain panel", this.words, why, this.spoken);
    this.root.setAttribute("aria-label", "Watching");
    show(this.root, false);
  }

  draw({ starts_in_s, link }: Scene): void {
    const hangs = starts_in_s !== null && link.state === "playing";
    show(this.root, hangs);
    write(this.words, hangs ? shownWords(starts_in_s) : "");
    write(this.spoken, hangs ? spokenWords(starts_in_s) : "");
  }
}

/** What is read, second by second. Pure. */
export function shownWords(left_s: number): string {
  const seconds = Math.ceil(left_s);
  return seconds > 0 ? `The picture starts in ${seconds} s` : "The picture starts in a moment";
}

/** What is heard: something new every ten seconds only. Pure. */
export function spokenWords(left_s: number): string {
  if (left_s <= 0) return "The picture starts in a moment";
  return `The picture starts within ${Math.ceil(left_s / SPOKEN_EVERY_S) * SPOKEN_EVERY_S} seconds`;
}
