/**
 * Save and open: the library as a dialog. A name to save under, a file to import, one's own drafts, and a list of what is
 * there, each with its picture and its versions, to open in a room of its own, to copy or to export. The keyboard reaches
 * everything; Escape closes it.
 */

import { type Arena, arenaOf, type Plan } from "@ricochet/sdk";
import { element, show, write } from "../hud/dom";
import { areCertain } from "./certain";
import { arenaOfDraft, type Book, type DraftInfo, Library, slug, Unkept } from "./library";
import { Preview } from "./preview";
import { when } from "./when";

export interface FilesHands {
  /** What is to be saved; null: nothing is there yet. */
  plan(): Plan | null;
  /** Who saves. */
  name(): string;
  /** Go to a room where this arena is built; `hidden`: to one that only who has its link finds. */
  open(arena: string, title: string, hidden: boolean): void;
}

export class FilesDialog {
  readonly root = element("dialog", "build-files panel");
  private readonly library: Library;
  private readonly hands: FilesHands;
  private readonly name = element("input", "build-name");
  private readonly told = element("p", "build-told");
  private readonly drafts = element("ul", "build-books");
  private readonly kept = element("section", "", element("h3", "build-part", "Not saved, but kept for you"), this.drafts);
  private readonly list = element("ul", "build-books");
  /** For which the name was meant. */
  private room = "";

  constructor(library: Library, hands: FilesHands) {
    this.library = library;
    this.hands = hands;
    const heading = element("h2", "", "Arenas");
    heading.id = "build-files-heading";
    this.root.setAttribute("aria-labelledby", heading.id);
    this.name.type = "text";
    this.name.maxLength = 40;
    this.name.autocomplete = "off";
    this.told.setAttribute("role", "status");
    const file = element("input", "build-import");
    file.type = "file";
    file.accept = "application/json,.json";
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen) this.attempt(() => this.import(chosen));
      file.value = "";
    });
    const form = element(
      "form", "build-save",
      element("label", "", "Save as ", this.name),
      button("Save", () => undefined, "submit"),
      button("Export this", () => this.exportThis()),
      element("label", "build-file", "Import a file ", file),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(() => this.save());
    });
    const close = button("Close", () => this.root.close());
    this.root.append(element("header", "", heading, close), form, this.told, this.kept, element("h3", "build-part", "Saved"), this.list);
  }

  /** In `room` that arena is built, or what began as it. */
  show(room: string, arena_name: string): void {
    write(this.told, "");
    if (room !== this.room) this.name.value = ""; // else this would be saved as a version of what was built there
    this.room = room;
    if (!this.root.open) this.root.showModal();
    this.name.focus();
    this.attempt(async () => {
      const kept = (await this.refresh()).some(({ name }) => name === slug(arena_name));
      if (this.name.value === "") this.name.value = kept ? slug(arena_name) : slug(`my ${arena_name}`); // maps keep their names
    });
  }

  private async save(): Promise<void> {
    const plan = this.hands.plan();
    const name = slug(this.name.value);
    this.name.value = name;
    if (!plan || name === "") throw new Unkept("give it a name of letters (a to z) and digits");
    const version = await this.library.save(name, this.hands.name(), arenaOf(plan, name));
    await this.refresh();
    write(this.told, `Saved as ${name}, version ${version}.`);
  }

  private async import(file: File): Promise<void> {
    const name = slug(file.name.replace(/\.json$/iu, ""));
    let arena: unknown;
    try {
      arena = JSON.parse(await file.text());
    } catch {
      throw new Unkept(`${file.name} is not JSON`);
    }
    if (name === "") throw new Unkept("give the file a name of letters (a to z) and digits");
    const version = await this.library.save(name, this.hands.name(), arena);
    await this.refresh();
    write(this.told, `Imported as ${name}, version ${version}.`);
  }

  private async copy(book: Book, version: number): Promise<void> {
    const name = slug(`${book.name.slice(0, 34)}-copy`);
    await this.library.save(name, this.hands.name(), await this.library.read(book.name, version));
    await this.refresh();
    write(this.told, `Copied as ${name}.`);
  }

  private exportThis(): void {
    const plan = this.hands.plan();
    const name = slug(this.name.value) || "arena";
    if (plan) download(name, arenaOf(plan, name));
  }

  private async refresh(): Promise<readonly Book[]> {
    const books = await this.library.list();
    this.list.replaceChildren(...books.map((book) => this.row(book)));
    if (books.length === 0) this.list.append(element("li", "build-none", "Nothing has been saved here yet."));
    await this.refreshDrafts().catch(() => undefined); // what was done is done without them
    return books;
  }

  private async refreshDrafts(): Promise<void> {
    const drafts = await this.library.drafts();
    this.drafts.replaceChildren(...drafts.map((draft) => this.draftRow(draft)));
    show(this.kept, drafts.length > 0);
  }

  private draftRow(draft: DraftInfo): HTMLElement {
    const picture = new Preview(draft.title);
    picture.show(() => this.library.readDraft(draft.id));
    const open = button("Go on", () => this.go(arenaOfDraft(draft), draft.title, true));
    const discard = button("Delete", () => this.attempt(() => this.discard(draft)));
    for (const [made, does] of [[open, "Go on with"], [discard, "Delete"]] as const) made.setAttribute("aria-label", `${does} ${draft.title}`);
    const words = element("span", "build-size", `${draft.arena} · ${draft.pieces} pieces · ${when(draft.saved_s)}`);
    return element("li", "", picture.root, element("div", "build-words", element("strong", "", draft.title), words), element("div", "build-does", open, discard));
  }

  private async discard(draft: DraftInfo): Promise<void> {
    const sentence = `“${draft.title}” was never saved. It is gone for good; what is being built right now is not touched.`;
    if (!(await areCertain(this.root.parentElement ?? document.body, { question: "Delete this draft?", sentence, yes: "Delete it", no: "Keep it" }))) return;
    await this.library.discardDraft(draft.id);
    await this.refreshDrafts();
    write(this.told, `${draft.title} is deleted.`);
    this.name.focus();
  }

  private go(arena: string, title: string, hidden: boolean): void {
    this.root.close();
    this.hands.open(arena, title, hidden);
  }

  private row(book: Book): HTMLElement {
    const versions = element("select", "");
    versions.setAttribute("aria-label", `Version of ${book.name}`);
    for (const { version, by, saved_s } of [...book.versions].reverse()) {
      const option = element("option", "", `${version} · ${by} · ${when(saved_s)}`);
      option.value = String(version);
      versions.append(option);
    }
    const chosen = () => Number(versions.value);
    const picture = new Preview(book.name);
    const draw = () => picture.show(() => this.library.read(book.name, chosen()));
    versions.addEventListener("change", draw);
    draw();
    const open = button("Open", () => this.go(book.name, book.name, false));
    const copy = button("Copy", () => this.attempt(() => this.copy(book, chosen())));
    const save = button("Export", () => this.attempt(async () => download(book.name, await this.library.read(book.name, chosen()))));
    for (const [made, does] of [[open, "Open"], [copy, "Copy"], [save, "Export"]] as const) made.setAttribute("aria-label", `${does} ${book.name}`);
    const size = `${Math.round(book.width)} × ${Math.round(book.height)}`;
    const words = element("div", "build-words", element("strong", "", book.name), element("span", "build-size", size), versions);
    return element("li", "", picture.root, words, element("div", "build-does", open, copy, save));
  }

  private attempt(act: () => Promise<void>): void {
    act().catch((error: unknown) => {
      if (!(error instanceof Unkept)) throw error;
      write(this.told, `Not done: ${error.message}.`);
    });
  }
}

function button(label: string, act: () => void, type: "button" | "submit" = "button"): HTMLButtonElement {
  const made = element("button", "build-button", label);
  made.type = type;
  made.addEventListener("click", act);
  return made;
}

function download(name: string, arena: Arena): void {
  const link = element("a", "");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(arena, null, 1)}\n`], { type: "application/json" }));
  link.download = `${name}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
