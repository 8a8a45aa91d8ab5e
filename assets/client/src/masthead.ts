/**
 * What the pages beside the game have at their top: the game's name, and the ways from one to another.
 */

import "./masthead.css";

import { element } from "./hud/dom";

const WAYS = [["/", "Play"], ["/standings", "Standings"], ["/replay", "Replays"], ["/player/me", "My page"]] as const;

/** `here`: the address of the page that it is on, if it is one of these. */
export function masthead(here = ""): HTMLElement {
  return element("header", "masthead", way("brand", "/", "Ricochet"), ways(here));
}

/** The ways alone. */
export function ways(here = ""): HTMLElement {
  const nav = element("nav", "ways", ...WAYS.map(([address, name]) => way("", address, name)));
  nav.setAttribute("aria-label", "Pages");
  nav.querySelector(`[href="${here}"]`)?.setAttribute("aria-current", "page");
  return nav;
}

function way(className: string, address: string, name: string): HTMLAnchorElement {
  const link = element("a", className, name);
  link.href = address;
  return link;
}
