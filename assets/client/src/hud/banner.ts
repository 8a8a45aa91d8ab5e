/**
 * What one must know before all else: not connected, refused, the server about to stop. What is counted down is read second by second,
 * and heard now and then.
 */

import type { LinkState, Scene } from "@ricochet/sdk";
import { element, show, write } from "./dom";

const SPOKEN_EVERY_S = 10;
const OUTDATED = "The server is a newer one. Load the page again to go on.";
const TOKEN_WAYS = { refused: "Play as a guest, or come again by a new link.", missing: "Come by a link that has one." };

export class Banner {
  readonly root: HTMLElement;
  private readonly text = element("span", "banner-text");
  private readonly spoken = element("span", "sr-only");
  private readonly again = element("button", "button", "Try again");

  constructor(onAgain: () => void) {
    this.again.type = "button";
    this.again.addEventListener("click", onAgain);
    this.root = element("div", "banner panel", element("i", "banner-dot"), this.text, this.spoken, this.again);
    this.text.ariaHidden = "true";
    this.spoken.setAttribute("role", "status");
    show(this.root, false);
    show(this.again, false);
  }

  draw({ link, stops_tick, tick, tick_rate }: Scene): void {
    const text = linkSentence(link) || stopSentence(stops_tick, tick, tick_rate);
    show(this.root, text !== "");
    write(this.text, text);
    write(this.spoken, spokenLink(link) || spokenStop(stops_tick, tick, tick_rate));
    this.root.dataset["state"] = link.state;
    const refused = link.state === "refused";
    const news = refused && this.again.hidden;
    show(this.again, refused);
    write(this.again, wayOn(link));
    if (news) this.again.focus({ preventScroll: true }); // so that Enter does it
  }
}

/** What the state of the connection is called; "" while all is well. Pure. */
export function linkSentence({ state, reason, retry_in_s, outdated, token }: LinkState): string {
  switch (state) {
    case "lobby":
    case "moving":
    case "playing":
      return "";
    case "connecting":
      return "Connecting …";
    case "refused":
      if (token) return `${sentence(reason, "The server refused the token").replace(/\.?$/u, ".")} ${TOKEN_WAYS[token]}`;
      return outdated ? OUTDATED : sentence(reason, "The server refused the connection");
    case "lost": {
      const what = sentence(reason, "Connection lost").replace(/[.\s]+$/u, "");
      const seconds = Math.ceil(retry_in_s);
      return seconds > 0 ? `${what} — back in ${seconds} s` : `${what} — reconnecting …`;
    }
  }
}

/** The same, without the seconds. Pure. */
export function spokenLink(link: LinkState): string {
  return linkSentence({ ...link, retry_in_s: 0 });
}

/** What the button says that is there once one was refused. Pure. */
export function wayOn({ outdated, token }: LinkState): string {
  if (token === "refused") return "Play as a guest";
  return outdated ? "Load again" : "Try again";
}

/** How long the server goes on that has said when it stops; "" when it has not. Pure. */
export function stopSentence(stops_tick: number | null, tick: number, tick_rate: number): string {
  return stops_tick === null ? "" : `The server restarts in ${secondsTo(stops_tick, tick, tick_rate)} s — you will be back by yourself`;
}

/** The same, with something new every ten seconds only. Pure. */
export function spokenStop(stops_tick: number | null, tick: number, tick_rate: number): string {
  if (stops_tick === null) return "";
  const within = Math.ceil(secondsTo(stops_tick, tick, tick_rate) / SPOKEN_EVERY_S) * SPOKEN_EVERY_S;
  return within > 0 ? `The server restarts within ${within} s — you will be back by yourself` : "The server restarts now";
}

function secondsTo(stops_tick: number, tick: number, tick_rate: number): number {
  return Math.max(0, Math.ceil((stops_tick - tick) / tick_rate));
}

/** The server's reasons begin small, as the middle of a sentence does. */
export function sentence(reason: string, otherwise: string): string {
  return reason === "" ? otherwise : reason.charAt(0).toUpperCase() + reason.slice(1);
}
