/**
 * What one must know before all else: not connected, refused, the server about to stop.
 */

import type { LinkState, Scene } from "@ricochet/sdk";
import { element, show, write } from "./dom";

export class Banner {
  readonly root: HTMLElement;
  private readonly text = element("span", "banner-text");
  private readonly again = element("button", "button", "Try again");

  constructor(onAgain: () => void) {
    this.again.type = "button";
    this.again.addEventListener("click", onAgain);
    this.root = element("div", "banner panel", element("i", "banner-dot"), this.text, this.again);
    this.root.setAttribute("role", "status");
    show(this.root, false);
    show(this.again, false);
  }

  draw({ link, stops_tick, tick, tick_rate }: Scene): void {
    const text = linkSentence(link) || stopSentence(stops_tick, tick, tick_rate);
    show(this.root, text !== "");
    write(this.text, text);
    this.root.dataset["state"] = link.state;
    const refused = link.state === "refused";
    const news = refused && this.again.hidden;
    show(this.again, refused);
    if (news) this.again.focus({ preventScroll: true }); // so that Enter does it
  }
}

/** What the state of the connection is called; "" while all is well. Pure. */
export function linkSentence({ state, reason, retry_in_s }: LinkState): string {
  switch (state) {
    case "lobby":
    case "moving":
    case "playing":
      return "";
    case "connecting":
      return "Connecting …";
    case "refused":
      return sentence(reason, "The server refused the connection");
    case "lost": {
      const what = sentence(reason, "Connection lost").replace(/[.\s]+$/u, "");
      const seconds = Math.ceil(retry_in_s);
      return seconds > 0 ? `${what} — back in ${seconds} s` : `${what} — reconnecting …`;
    }
  }
}

/** How long the server goes on that has said when it stops; "" when it has not. Pure. */
export function stopSentence(stops_tick: number | null, tick: number, tick_rate: number): string {
  if (stops_tick === null) return "";
  const seconds = Math.max(0, Math.ceil((stops_tick - tick) / tick_rate));
  return `The server restarts in ${seconds} s — you will be back by yourself`;
}

/** The server's reasons begin small, as the middle of a sentence does. */
export function sentence(reason: string, otherwise: string): string {
  return reason === "" ? otherwise : reason.charAt(0).toUpperCase() + reason.slice(1);
}
