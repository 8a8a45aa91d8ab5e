/**
 * A table whose rows come anew twice a second, while somebody reads it, tabs through it and presses its buttons.
 *
 * So a row that is still there stays the same element, by its key, and only what has changed is written: no focus is lost and no
 * press goes to the wrong row. Whatever people have written is text. On a narrow page rows become cards (the style sheet does it),
 * which takes a table's meaning from assistive technology, so that its roles are said.
 */

import { element, style, write } from "../hud/dom";

/** How good what stands in a cell is; the empty one says nothing. */
export type Tone = "" | "good" | "warn" | "bad";

export interface Column<Row> {
  title: string;
  className?: string;
  text(row: Row): string;
  tone?(row: Row): Tone;
  /** How full it is, for a bar: 1 is all. */
  share?(row: Row): number;
}

export interface Press<Row> {
  label(row: Row): string;
  /** What a screen reader says: which row it is about, too. */
  name(row: Row): string;
  className?: string;
  press(row: Row): void;
}

interface Shown<Row> {
  row: Row;
  root: HTMLTableRowElement;
  write(): void;
}

export class Table<Row> {
  readonly root: HTMLElement;
  readonly #columns: readonly Column<Row>[];
  readonly #presses: readonly Press<Row>[];
  readonly #key: (row: Row) => string;
  readonly #body = roled("tbody", "rowgroup");
  readonly #empty = element("p", "empty");
  readonly #table: HTMLTableElement;
  #shown = new Map<string, Shown<Row>>();

  constructor(
    caption: string, columns: readonly Column<Row>[], presses: readonly Press<Row>[], key: (row: Row) => string,
  ) {
    this.#columns = columns;
    this.#presses = presses;
    this.#key = key;
    const titles = [...columns.map(({ title }) => title), "Actions"].map((title) => {
      const head = roled("th", "columnheader", title);
      head.scope = "col";
      return head;
    });
    const head = roled("thead", "rowgroup", roled("tr", "row", ...titles));
    this.#table = roled("table", "table", element("caption", "", caption), head, this.#body);
    this.#table.setAttribute("aria-label", caption);
    this.#table.tabIndex = -1;
    this.root = element("div", "table panel", this.#table, this.#empty);
  }

  /** `empty` is said where there are none. */
  show(rows: readonly Row[], empty: string): void {
    const next = new Map<string, Shown<Row>>();
    for (const row of rows) {
      let key = this.#key(row);
      while (next.has(key)) key += "'"; // two who can't be told apart
      const shown = this.#shown.get(key) ?? this.#make(row);
      shown.row = row;
      shown.write();
      next.set(key, shown);
    }
    for (const [key, { root }] of this.#shown) if (!next.has(key)) this.#remove(root);
    let at = this.#body.firstElementChild;
    for (const { root } of next.values()) {
      if (root === at) at = at.nextElementSibling;
      else this.#body.insertBefore(root, at);
    }
    this.#shown = next;
    write(this.#empty, rows.length > 0 ? "" : empty);
  }

  /** A row that goes while somebody is at one of its buttons leaves them at the table, not at the top of the page. */
  #remove(root: HTMLElement): void {
    const hadFocus = root.contains(document.activeElement);
    root.remove();
    if (hadFocus) this.#table.focus();
  }

  #make(row: Row): Shown<Row> {
    const cells = this.#columns.map(({ title, className }) => labelled(title, className ?? ""));
    const buttons = this.#presses.map(({ className }) => element("button", `small ${className ?? ""}`.trim()));
    const actions = labelled("Actions", "actions", ...buttons);
    const shown: Shown<Row> = {
      row,
      root: roled("tr", "row", ...cells, actions),
      write: () => {
        for (const [n, column] of this.#columns.entries()) fill(cells[n] as HTMLElement, column, shown.row);
        for (const [n, { label, name }] of this.#presses.entries()) {
          const button = buttons[n] as HTMLButtonElement;
          write(button, label(shown.row));
          button.ariaLabel = name(shown.row);
        }
      },
    };
    for (const [n, button] of buttons.entries()) {
      button.type = "button";
      button.addEventListener("click", () => this.#presses[n]?.press(shown.row));
    }
    return shown;
  }
}

function fill<Row>(cell: HTMLElement, { text, tone, share }: Column<Row>, row: Row): void {
  write(cell, text(row));
  if (tone !== undefined && cell.dataset["tone"] !== tone(row)) cell.dataset["tone"] = tone(row);
  if (share !== undefined) style(cell, "--share", String(Math.min(1, Math.max(0, share(row)))));
}

function labelled(title: string, className: string, ...children: Node[]): HTMLTableCellElement {
  const cell = roled("td", "cell", ...children);
  if (className !== "") cell.className = className;
  cell.dataset["label"] = title;
  return cell;
}

function roled<Tag extends "table" | "thead" | "tbody" | "tr" | "th" | "td">(
  tag: Tag, role: string, ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = element(tag, "", ...children);
  made.setAttribute("role", role);
  return made;
}
