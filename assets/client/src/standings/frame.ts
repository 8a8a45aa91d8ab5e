/**
 * What both pages of standings have around them: the way back to the game, a place for what is told, and for why nothing is.
 */

import "./standings.css";
import { masthead } from "../masthead";
import { element } from "../hud/dom";
import { askForSheetsAgain } from "../sheets";
import { NoAnswer } from "./api";

const BROKEN = "This page could not be drawn. Loading it again may help.";

/** An `<a>`. */
export function link(className: string, href: string, ...children: (Node | string)[]): HTMLAnchorElement {
  const made = element("a", className, ...children);
  made.href = href;
  return made;
}

/** A header cell of a table's row or column. */
export function head(scope: "col" | "row", className: string, ...children: (Node | string)[]): HTMLTableCellElement {
  const made = element("th", className, ...children);
  made.scope = scope;
  return made;
}

/** Draws the page around what `tell` finds, and a sentence where it finds nothing. */
export async function openPage(here: "standings" | "person", tell: () => Promise<Node[]>): Promise<void> {
  askForSheetsAgain();
  const main = element("main", "content", element("p", "note", "Asking the server …"));
  main.setAttribute("aria-busy", "true");
  document.querySelector("#page")?.replaceChildren(masthead(here === "standings" ? "/standings" : ""), main);
  try {
    main.replaceChildren(...(await tell()));
  } catch (error) {
    if (!(error instanceof NoAnswer)) console.error(error);
    main.replaceChildren(trouble(error instanceof NoAnswer ? error.message : BROKEN));
  } finally {
    main.removeAttribute("aria-busy");
  }
}

function trouble(why: string): HTMLElement {
  const again = element("button", "again", "Try again");
  again.type = "button";
  again.addEventListener("click", () => location.reload());
  const said = element("p", "", why);
  said.setAttribute("role", "alert");
  return element("section", "empty", element("h1", "", "Nothing to show"), said, again);
}
