/**
 * A style sheet that didn't come is asked for again: without it a page is there, and half of it out of reach.
 *
 * Called when a page's script begins, which is when all its sheets have come or failed.
 */

const TRIES_MAX = 6;
const FIRST_WAIT_MS = 250;

export function askForSheetsAgain(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    if (!hasCome(link)) askAgain(link, 0);
  }
}

/** Of a sheet that failed there is none, or one whose rules nobody may read. */
function hasCome({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

/** After `tries`, each time after twice as long. */
function askAgain(link: HTMLLinkElement, tries: number): void {
  if (tries === TRIES_MAX) return;
  setTimeout(() => {
    const anew = link.cloneNode() as HTMLLinkElement;
    anew.addEventListener("error", () => askAgain(anew, tries + 1));
    link.replaceWith(anew);
  }, FIRST_WAIT_MS * 2 ** tries);
}
