/**
 * The page's elements, made and changed without ever reading markup from text: a player's name can't become HTML.
 *
 * The setters touch the page only when something changes, so that they can be called every render frame.
 */

/** `<tag class="…">` with children; strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, className: string, ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function show(target: HTMLElement, shown: boolean): void {
  if (target.hidden === shown) target.hidden = !shown;
}

/** What was chosen with a pointer gives the keys back: to roam with, and not to go through the list. */
export function givesKeysBack(list: HTMLSelectElement): void {
  let by_pointer = false;
  list.addEventListener("pointerdown", () => (by_pointer = true));
  list.addEventListener("keydown", () => (by_pointer = false));
  list.addEventListener("change", () => by_pointer && list.blur());
}

/** Adds or removes a class. */
export function mark(target: HTMLElement, className: string, marked: boolean): void {
  if (target.classList.contains(className) !== marked) target.classList.toggle(className, marked);
}

/** Sets a custom property, by which the style sheet draws bars and colours. */
export function style(target: HTMLElement, property: `--${string}`, value: string): void {
  if (target.style.getPropertyValue(property) !== value) target.style.setProperty(property, value);
}
