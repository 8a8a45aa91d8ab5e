/**
 * The chat panel: lines, and a field to say some. It belongs to no page: whoever has it puts `root` somewhere, feeds it lines,
 * and is told what is to be said, and to whom.
 *
 * Over the game it is folded: new lines are seen for a while. Enter or `/` opens it, then everything that is remembered can be
 * scrolled through. In the field: Enter says it, Escape closes, Tab or an arrow changes the channel, Page Up and Page Down
 * scroll. Where it `stays` (the lobby's page) it is always open, Tab goes where it always goes, and only the arrows change the channel.
 *
 * What others have written becomes text nodes and nothing else. Fresh lines are a log that is read out; history isn't.
 */

import "./chat.css";

import type { ChatTo, Said } from "@ricochet/sdk";
import { element, mark, show } from "../hud/dom";
import { CHANNEL_NAMES, colourOfName, Fading, LINES_MAX, stepped, tagOf } from "./lines";

const TEXT_LENGTH_MAX = 200;

export interface ChatWishes {
  say: (to: ChatTo, text: string) => void;
  /** Always open. */
  stays?: boolean;
  /** The colour of whoever said it, as CSS has it; null: one that is made from the name. */
  colourOf?: (line: Said) => string | null;
}

export class ChatPanel {
  readonly root: HTMLElement;
  private readonly wishes: ChatWishes;
  private readonly past = element("ol", "chat-lines chat-past");
  private readonly lines = element("ol", "chat-lines chat-fresh");
  private readonly log = element("div", "chat-log", this.lines);
  private readonly scroll = element("div", "chat-scroll", this.past, this.log);
  private readonly field = element("input", "chat-field");
  private readonly picker = element("div", "chat-channels");
  private readonly bar = element("form", "chat-bar", this.picker, this.field);
  private readonly fading = new Fading();
  /** What is seen while folded, the oldest first. */
  private readonly seen: HTMLElement[] = [];
  /** By `who`. */
  private readonly colours = new Map<number, string>();
  private channels: readonly ChatTo[] = [];
  private to: ChatTo = "room";
  private menu: HTMLElement | null = null;

  constructor(wishes: ChatWishes) {
    this.wishes = wishes;
    this.field.maxLength = TEXT_LENGTH_MAX;
    this.field.autocomplete = "off";
    this.field.enterKeyHint = "send";
    this.picker.setAttribute("role", "group");
    this.picker.setAttribute("aria-label", "Say it to");
    this.past.setAttribute("aria-label", "Said before you came");
    this.log.setAttribute("role", "log");
    this.log.setAttribute("aria-live", "polite");
    this.log.setAttribute("aria-label", "Said since");
    this.scroll.setAttribute("role", "group");
    this.scroll.setAttribute("aria-label", "Lines");
    this.scroll.tabIndex = this.wishes.stays === true ? 0 : -1;
    this.root = element("section", "chat", this.scroll, this.bar);
    this.root.setAttribute("aria-label", "Chat");
    mark(this.root, "stays", this.wishes.stays === true);
    this.bar.addEventListener("submit", (event) => this.submit(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusout", (event) => {
      if (!this.root.contains(event.relatedTarget as Node | null)) this.fold();
    });
    // A tap on the panel must not take the focus from the field, which would fold it.
    this.root.addEventListener("pointerdown", (event) => {
      if (event.target !== this.field && !this.stays) event.preventDefault();
    });
    this.setChannels(["room"]);
    if (this.stays) mark(this.root, "open", true);
    else show(this.bar, false);
  }

  get isOpen(): boolean {
    return !this.bar.hidden;
  }

  /** Which channels can be written to now. The one that was chosen stays so, if it can. */
  setChannels(channels: readonly ChatTo[]): void {
    this.channels = channels;
    if (!channels.includes(this.to)) this.to = channels[0] ?? "room";
    this.picker.replaceChildren(...channels.map((to) => this.tab(to)));
    show(this.picker, channels.length > 1);
    this.choose(this.to);
  }

  /** Somebody has come in: history follows, and what was there before is gone. */
  begin(): void {
    this.closeMenu();
    this.past.replaceChildren();
    this.lines.replaceChildren();
    this.seen.length = 0;
    this.colours.clear();
    this.fading.clear();
  }

  add(line: Said): void {
    const text = [...line.text].slice(0, TEXT_LENGTH_MAX).join(""); // by characters: half of one is none
    if (text === "") return;
    const item = element("li", `chat-line to-${line.to}`);
    const tag = tagOf(line, this.channels[0] ?? "room");
    if (tag !== "") item.append(element("span", "chat-tag", tag), " ");
    if (line.to !== "notice") item.append(this.name(line), " ");
    item.append(element("bdi", "chat-text", text));
    this.append(item, line.old);
  }

  /** A refusal of the server's: what was said last went nowhere. */
  refuse(sentence: string): void {
    const first = sentence.charAt(0).toUpperCase();
    this.append(element("li", "chat-line to-notice refused", element("bdi", "chat-text", `${first}${sentence.slice(1)}.`)), false);
  }

  /** Called now and then with the time, where the panel folds: what has been seen for long enough is hidden. */
  draw(time_s: number): void {
    this.fade(this.fading.advance(time_s));
  }

  /** To write; `with_` is what is there to begin with. */
  open(with_ = ""): void {
    show(this.bar, true);
    mark(this.root, "open", true);
    if (with_ !== "") this.field.value = with_;
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  /** What is half written is given up. */
  close(): void {
    if (!this.stays) this.field.value = "";
    this.fold();
  }

  /** What is half written is there when it is opened again: the focus may have gone elsewhere for a moment only. */
  private fold(): void {
    this.closeMenu();
    if (this.stays || this.bar.hidden) return;
    show(this.bar, false);
    mark(this.root, "open", false);
    this.field.blur();
  }

  private get stays(): boolean {
    return this.wishes.stays === true;
  }

  private append(item: HTMLElement, is_old: boolean): void {
    const followed = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 24;
    mark(item, "old", is_old);
    (is_old ? this.past : this.lines).append(item);
    this.seen.push(item);
    this.fade(this.fading.add());
    if (this.past.childElementCount + this.lines.childElementCount > LINES_MAX) {
      (this.past.firstElementChild ?? this.lines.firstElementChild)?.remove();
    }
    if (followed) this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  private fade(count: number): void {
    for (const item of this.seen.splice(0, count)) mark(item, "faded", true);
  }

  private name(line: Said): HTMLElement {
    const name = element("button", "chat-name", element("bdi", "", line.name));
    name.type = "button";
    name.tabIndex = -1; // the keyboard has /mute and /report
    name.title = "Mute or report";
    name.style.color = this.colourOf(line);
    name.addEventListener("click", () => this.openMenu(name, line));
    return name;
  }

  /** What they had where it was known, also for what they say elsewhere. */
  private colourOf(line: Said): string {
    const known = this.wishes.colourOf?.(line) ?? null;
    if (known !== null && this.colours.size < LINES_MAX) this.colours.set(line.who, known);
    return known ?? this.colours.get(line.who) ?? colourOfName(line.name);
  }

  private openMenu(name: HTMLElement, line: Said): void {
    const was_open = this.menu?.parentElement === name.parentElement;
    this.closeMenu();
    if (was_open || line.who === 0) return;
    this.menu = element(
      "div", "chat-menu",
      this.deed(`Mute ${line.name}`, "Mute", () => this.wishes.say(this.to, `/mute #${line.who}`)),
      this.deed(`Report ${line.name}`, "Report …", () => this.open(`/report #${line.who} `)),
    );
    name.parentElement?.append(this.menu);
  }

  private deed(label: string, text: string, then: () => void): HTMLElement {
    const button = element("button", "chat-deed", text);
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      this.closeMenu();
      then();
    });
    return button;
  }

  private closeMenu(): void {
    this.menu?.remove();
    this.menu = null;
  }

  private tab(to: ChatTo): HTMLElement {
    const tab = element("button", "chat-channel", CHANNEL_NAMES[to]);
    tab.type = "button";
    tab.dataset["to"] = to;
    tab.addEventListener("click", () => {
      this.choose(to);
      this.field.focus();
    });
    return tab;
  }

  private choose(to: ChatTo): void {
    this.to = to;
    for (const tab of this.picker.children) tab.setAttribute("aria-pressed", String((tab as HTMLElement).dataset["to"] === to));
    const name = CHANNEL_NAMES[to].toLowerCase();
    this.field.placeholder = `Say something to the ${name} …`;
    this.field.setAttribute("aria-label", `Say something to the ${name}`);
    this.root.dataset["to"] = to;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const text = this.field.value.trim();
    this.field.value = "";
    if (text !== "") this.wishes.say(this.to, text);
    this.close();
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation(); // the game's keys are not meant
    if (event.isComposing) return; // an input method's Enter chooses a word
    if (event.key === "Escape") {
      if (this.menu !== null) this.closeMenu();
      else this.close();
      event.preventDefault();
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      this.scroll.scrollBy(0, (event.key === "PageUp" ? -0.8 : 0.8) * this.scroll.clientHeight);
      event.preventDefault();
    } else if (event.target === this.field) {
      const by = this.channelStep(event);
      if (by === 0) return;
      this.choose(stepped(this.channels, this.to, by));
      event.preventDefault();
    }
  }

  private channelStep(event: KeyboardEvent): number {
    if (event.key === "ArrowDown" || (event.key === "Tab" && !event.shiftKey && !this.stays)) return 1;
    return event.key === "ArrowUp" || (event.key === "Tab" && !this.stays) ? -1 : 0;
  }
}
