/**
 * Whether somebody is certain, before what can't be undone is done. The keyboard is on the word that does nothing, and
 * Escape means no.
 */

import { element } from "../hud/dom";

export interface Deed {
  /** "Delete …?" */
  question: string;
  /** What will be gone. */
  sentence: string;
  yes: string;
  no: string;
}

/** Asked over whatever is open, in `place`. */
export function areCertain(place: Element, { question, sentence, yes, no }: Deed): Promise<boolean> {
  const [does, leaves] = [element("button", "build-danger", yes), element("button", "", no)];
  const asked = element("dialog", "build-files build-certain panel", element("h3", "", question), element("p", "", sentence), element("div", "build-does", leaves, does));
  asked.setAttribute("aria-label", question);
  return new Promise((decide) => {
    let is_certain = false;
    does.addEventListener("click", () => {
      is_certain = true;
      asked.close();
    });
    leaves.addEventListener("click", () => asked.close());
    asked.addEventListener("close", () => {
      asked.remove();
      decide(is_certain);
    });
    place.append(asked);
    asked.showModal();
    leaves.focus();
  });
}
