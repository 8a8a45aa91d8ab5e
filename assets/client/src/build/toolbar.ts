/** The tools, as buttons that a keyboard reaches and a screen reader names; each says which key does the same. */

import { element, mark, show } from "../hud/dom";
import type { Tool } from "./editor";

export interface Wanted {
  tool(tool: Tool): void;
  undo(): void;
  redo(): void;
  remove(): void;
  duplicate(): void;
  turn(): void;
  larger(): void;
  smaller(): void;
  flip(): void;
  test(): void;
  files(): void;
}

export const TOOLS: readonly (readonly [tool: Tool, label: string, sign: string])[] = [
  ["select", "Select", "⬚"], ["wall", "Wall", "╱"], ["block", "Block", "■"], ["rock", "Rock", "⬟"],
  ["crate", "Crate", "▣"], ["spawn", "Spawn point", "⊙"], ["goal", "Goal", "▭"],
];

const HINT = "Drag to draw or move · Shift for more · N next piece · C next corner · Space put down · [ ] thickness · G grid · wheel zoom";

export class Toolbar {
  readonly root = element("div", "build-tools panel");
  private readonly tools = new Map<Tool, HTMLButtonElement>();
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly forSelection: HTMLElement;
  private readonly test: HTMLButtonElement;
  readonly hint = element("p", "build-hint", HINT);
  private readonly palette = element("div", "build-row");
  private readonly actions: HTMLElement;

  constructor(wanted: Wanted) {
    this.root.setAttribute("role", "toolbar");
    this.root.setAttribute("aria-label", "Building");
    TOOLS.forEach(([tool, label, sign], at) => {
      const button = made(sign, label, at === 0 ? "V" : String(at), () => wanted.tool(tool));
      this.tools.set(tool, button);
      this.palette.append(button);
    });
    this.undo = made("↶", "Undo", "Ctrl+Z", () => wanted.undo());
    this.redo = made("↷", "Redo", "Ctrl+Shift+Z", () => wanted.redo());
    this.forSelection = element(
      "div", "build-row",
      made("⟳", "Turn", "R", () => wanted.turn()),
      made("+", "Larger", "+", () => wanted.larger()),
      made("−", "Smaller", "-", () => wanted.smaller()),
      made("Copy", "Duplicate", "Ctrl+D", () => wanted.duplicate()),
      made("⇄", "Close the wall, or change the goal's team", "F", () => wanted.flip()),
      made("✕", "Delete", "Del", () => wanted.remove()),
    );
    this.actions = element("div", "build-row", this.undo, this.redo, made("File", "Save and open", "Ctrl+S", () => wanted.files()));
    this.test = element("button", "build-test");
    this.test.type = "button";
    this.test.addEventListener("click", () => wanted.test());
    this.root.append(this.palette, this.actions, this.test, this.forSelection);
  }

  draw(tool: Tool, builds: boolean, may_edit: boolean, selected: number, can_undo: boolean, can_redo: boolean): void {
    for (const [name, button] of this.tools) {
      mark(button, "chosen", name === tool);
      button.setAttribute("aria-pressed", String(name === tool));
    }
    this.undo.disabled = !can_undo;
    this.redo.disabled = !can_redo;
    show(this.hint, builds);
    show(this.palette, builds && may_edit);
    show(this.actions, builds);
    show(this.forSelection, builds && may_edit && selected > 0);
    const hint = may_edit ? HINT : "You may look around and try it out, but not build here.";
    if (this.hint.textContent !== hint) this.hint.textContent = hint;
    const words = builds ? "Try it out (B)" : "Build (B)";
    if (this.test.textContent !== words) this.test.textContent = words;
  }
}

function made(sign: string, label: string, key: string, act: () => void): HTMLButtonElement {
  const button = element("button", sign.length > 1 ? "build-tool worded" : "build-tool", sign);
  button.type = "button";
  button.title = `${label} (${key})`;
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-keyshortcuts", key.replace("Ctrl", "Control").replace("Del", "Delete"));
  button.addEventListener("click", ({ detail }) => {
    act();
    if (detail > 0) button.blur(); // pressed with a pointer: the space bar puts down, and doesn't press it again
  });
  return button;
}
