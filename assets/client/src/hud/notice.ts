/**
 * One sentence of the server's, near the chat, for a few seconds: why it refused what was just asked of it.
 *
 * There is never more than one, the newest, and never more of it than fits: a server that refuses much can't fill the screen.
 */

import { sentence } from "./banner";
import { element, show, write } from "./dom";

const SHOWN_S = 5;
const LENGTH_MAX = 140;

/** The sentence that is to be read now. Its time begins when it is first asked for. Pure. */
export class Passing {
  private text = "";
  private until_s: number | null = null;

  /** As much of it as fits. */
  say(text: string): string {
    this.until_s = null;
    this.text = text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text;
    return this.text;
  }

  at(time_s: number): string {
    this.until_s ??= time_s + SHOWN_S;
    return time_s < this.until_s ? this.text : "";
  }
}

export class Notice {
  readonly root = element("p", "notice");
  private readonly passing = new Passing();

  constructor() {
    this.root.setAttribute("role", "status");
    show(this.root, false);
  }

  /** To be read at once, however rare frames are. */
  say(text: string): void {
    this.read(this.passing.say(sentence(text, "")));
  }

  draw(time_s: number): void {
    this.read(this.passing.at(time_s));
  }

  private read(text: string): void {
    show(this.root, text !== "");
    write(this.root, text);
  }
}
