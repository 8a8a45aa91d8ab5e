/**
 * Chat: Enter opens a line, Enter again says it, Escape doesn't. What others say stays for a while.
 */

import type { GameEvent, Scene } from "@ricochet/sdk";
import { css, livery } from "../render/palette";
import { numberIn, textIn } from "./bodies";
import { element, show } from "./dom";

const TEXT_LENGTH_MAX = 200;
const LINES_MAX = 6;
const LINE_LIFE_S = 12;

export class Chat {
  readonly root: HTMLElement;
  private readonly lines = element("ol", "chat-lines");
  private readonly field = element("input", "chat-field");
  private readonly until_s: number[] = [];
  private readonly say: (text: string) => void;
  private scene: Scene | null = null;

  constructor(say: (text: string) => void) {
    this.say = say;
    this.field.maxLength = TEXT_LENGTH_MAX;
    this.field.placeholder = "Say something …";
    this.field.setAttribute("aria-label", "Chat");
    this.field.autocomplete = "off";
    this.field.enterKeyHint = "send";
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.root = element("section", "chat", this.lines, this.field);
    this.root.setAttribute("aria-label", "Chat");
    this.lines.setAttribute("aria-live", "polite");
    show(this.field, false);
  }

  open(): void {
    show(this.field, true);
    this.field.focus();
  }

  event(event: GameEvent): void {
    if (event.name !== "chat" || this.scene === null) return;
    const text = textIn(event.body, "text").slice(0, TEXT_LENGTH_MAX);
    const player = this.scene.players.get(numberIn(event.body, "player"));
    if (text === "" || player === undefined) return;
    const name = element("b", "", player.name);
    name.style.color = css(livery(player.colour).colour);
    this.lines.append(element("li", "", name, " ", text));
    this.until_s.push(this.scene.time_s + LINE_LIFE_S);
    if (this.until_s.length > LINES_MAX) this.dropOldest();
  }

  draw(scene: Scene): void {
    this.scene = scene;
    while (this.until_s.length > 0 && (this.until_s[0] ?? 0) <= scene.time_s) this.dropOldest();
  }

  private dropOldest(): void {
    this.until_s.shift();
    this.lines.firstElementChild?.remove();
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing) return; // an input method's Enter chooses a word
    if (event.key === "Enter") {
      const text = this.field.value.trim();
      if (text !== "") this.say(text);
      this.close();
    } else if (event.key === "Escape") {
      this.close();
    }
  }

  private close(): void {
    if (this.field.hidden) return;
    this.field.value = "";
    show(this.field, false);
    this.field.blur();
  }
}
