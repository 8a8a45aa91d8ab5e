/**
 * Building, as the page has it: a layer over the picture that takes pointers, the keys, the tools, and the way between
 * building and trying out (B). In a room where nothing is built there is nothing of it to be seen.
 */

import "./build.css";

import type { Arena, ClientMessage, Edited, Pointed, Scene, Vec } from "@ricochet/sdk";
import { letterOf } from "../controls/letter";
import { element, mark, show, write } from "../hud/dom";
import { Editor, type Handle, TURN_STEP, type Tool } from "./editor";
import { GRID_UNITS } from "./geometry";
import { CORNERED_PX_MIN, type Lens, cornerHandles, handlesOf, paint } from "./painter";
import { Site } from "./site";
import { TOOLS, Toolbar } from "./toolbar";

const SLACK_PX = 6;
const HANDLE_REACH_PX = 16;
const CORNER_REACH_PX = 10;
const TOUCH_REACH_PX = 22;
/** Between two corners there is room for a finger. */
const TOUCH_CORNERED_PX_MIN = 3 * TOUCH_REACH_PX;
const PAN_UNITS = 64;
const ZOOM_MIN = 0.2;
const ZOOM_MAX = 2;

export interface Ground extends Lens {
  zoom: number;
  toWorld(point: Vec): Vec;
}

/** How it goes, for `window.ricochet`. */
export interface Told {
  builds: boolean;
  revision: number;
  pending: number;
  mismatches: number;
  checksum: number | null;
  pieces: { id: number; kind: string; x: number; y: number }[];
  selected: number[];
  pointers: number[];
}

export interface Hands {
  send(message: ClientMessage): void;
  shown(arena: Arena): void;
  foreseen(arena: Arena): void;
  notice(sentence: string): void;
  readonly ground: Ground;
  /** Somebody wants to save or open. */
  files(site: Site): void;
}

export class Builder {
  readonly root = element("div", "build");
  readonly site: Site;
  readonly editor: Editor;
  /** We are in a room that is built in. */
  open = false;
  /** We build; else we try it out. */
  builds = false;
  private readonly canvas = element("canvas", "build-canvas");
  private readonly spoken = element("p", "build-spoken");
  private readonly toolbar: Toolbar;
  private readonly hands: Hands;
  private readonly pinch = new Map<number, Vec>();
  private pinched = 0;

  constructor(hands: Hands) {
    this.hands = hands;
    this.site = new Site(hands);
    this.editor = new Editor(this.site);
    this.toolbar = new Toolbar({
      tool: (tool) => this.choose(tool),
      undo: () => this.site.undo(),
      redo: () => this.site.redo(),
      remove: () => this.editor.remove(),
      duplicate: () => this.editor.duplicate(),
      turn: () => this.editor.turn(TURN_STEP),
      larger: () => this.editor.scale(1),
      smaller: () => this.editor.scale(-1),
      flip: () => this.editor.flip(),
      test: () => this.toggle(),
      files: () => this.hands.files(this.site),
    });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "The arena, being built. N walks from piece to piece, C from corner to corner, Space puts one down.");
    this.spoken.setAttribute("role", "status");
    this.root.append(this.canvas, this.toolbar.root, this.toolbar.hint, this.spoken);
    this.root.hidden = true;
    this.canvas.addEventListener("pointerdown", (event) => this.pressed(event));
    this.canvas.addEventListener("pointermove", (event) => this.moved(event));
    this.canvas.addEventListener("pointerup", (event) => this.released(event));
    this.canvas.addEventListener("pointercancel", (event) => this.released(event));
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    window.addEventListener("keydown", (event) => this.keyDown(event), { capture: true });
  }

  get told(): Told {
    const { draft, checksum, pointers } = this.site;
    const { revision, pending, mismatches } = draft;
    const pieces = [...this.editor.pieces].map(([id, { kind, x, y }]) => ({ id, kind, x, y }));
    const selected = [...this.editor.selected];
    return { builds: this.builds, revision, pending: pending.length, mismatches, checksum, pieces, selected, pointers: [...pointers.keys()] };
  }

  /** Another room, or this one again. */
  leave(): void {
    this.open = false;
    this.root.hidden = true;
    this.hands.ground.zoom = 1;
  }

  /** The room is one that is built in. */
  enter(room: string, player: number, arena: Arena, looked_from: Vec): void {
    const { draft } = this.site;
    this.open = true;
    this.root.hidden = false;
    this.site.join(player, arena, room);
    if (this.site.draft !== draft || !draft.confirmed) {
      this.editor.selected.clear();
      this.editor.eye = { ...looked_from };
      this.builds = true;
    }
    this.say(true);
  }

  take(message: Edited | Pointed): void {
    this.site.take(message, performance.now());
  }

  /** Once per render frame. */
  draw(scene: Scene): void {
    if (!this.open) return;
    const now_ms = performance.now();
    const { draft } = this.site;
    this.site.step(now_ms);
    this.toolbar.draw(this.editor.tool, this.builds, draft.may_edit, this.editor.chosen.length, draft.can_undo, draft.can_redo);
    mark(this.root, "builds", this.builds);
    show(this.canvas, this.builds);
    if (!this.builds) return;
    this.say();
    this.tell();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const { width_px, height_px } = this.hands.ground;
    if (this.canvas.width !== Math.round(width_px * ratio)) this.canvas.width = Math.round(width_px * ratio);
    if (this.canvas.height !== Math.round(height_px * ratio)) this.canvas.height = Math.round(height_px * ratio);
    const pen = this.canvas.getContext("2d");
    if (pen) paint(pen, ratio, this.editor, this.site, scene, this.hands.ground);
  }

  /** For who doesn't see it: which corner is in hand, and where it is. */
  private tell(): void {
    const { corner, corners } = this.editor;
    const at = corner === null ? undefined : corners[corner];
    write(this.spoken, at ? `Corner ${corner! + 1} of ${corners.length}, at ${Math.round(at[0])}, ${Math.round(at[1])}` : "");
  }

  /** From building to trying out, and back. */
  toggle(): void {
    this.builds = !this.builds;
    this.editor.drag = null;
    if (!this.builds) this.hands.ground.zoom = 1;
    this.say(true);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  private choose(tool: Tool): void {
    this.editor.tool = tool;
  }

  private say(at_once = false): void {
    const { editor } = this;
    const { x, y } = (this.builds && editor.pointer) || editor.eye;
    const way = editor.way;
    this.site.point({ x, y, selected: [...editor.selected], dx: way.x, dy: way.y, builds: this.builds }, performance.now(), at_once);
  }

  // pointers ----------------------------------------------------------------------------------------------------

  private at({ clientX, clientY }: MouseEvent): Vec {
    return this.hands.ground.toWorld({ x: clientX, y: clientY });
  }

  private pressed(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") this.pinch.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.pinched = this.fingersApart();
    if (this.pinch.size > 1) {
      this.editor.drag = null;
      return;
    }
    const at = this.at(event);
    if (event.button !== 0) this.editor.drag = { what: "pan", from: at, to: at };
    else this.editor.press(at, SLACK_PX / this.hands.ground.scale, this.handleAt(event), event.shiftKey);
  }

  private moved(event: PointerEvent): void {
    if (this.pinch.has(event.pointerId)) this.pinch.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pinch.size > 1) {
      const apart = this.fingersApart();
      this.zoom(apart / Math.max(1, this.pinched));
      this.pinched = apart;
      return;
    }
    const { editor } = this;
    editor.move(this.at(event));
    this.say(); // the next frame may be a while away
    if (editor.drag?.what !== "pan") return;
    const { from, to } = editor.drag;
    this.look({ x: editor.eye.x - (to.x - from.x), y: editor.eye.y - (to.y - from.y) });
    editor.drag.to = editor.drag.from; // the place under the pointer stays the same
  }

  private released(event: PointerEvent): void {
    this.pinch.delete(event.pointerId);
    if (event.type === "pointercancel") this.editor.drag = null;
    else this.editor.release();
  }

  /** The nearest in reach; a thick finger reaches further. */
  private handleAt({ clientX, clientY, pointerType }: PointerEvent): Handle | null {
    const { editor, hands: { ground } } = this;
    const handles = handlesOf(editor.box, ground);
    if (!handles) return null;
    const places: (readonly [Handle, Vec])[] = [["turn", handles.turn], ["scale", handles.scale]];
    const touches = pointerType === "touch";
    const corners = cornerHandles(editor, ground, touches ? TOUCH_CORNERED_PX_MIN : CORNERED_PX_MIN);
    places.push(...corners.map((at, corner) => [corner, at] as const));
    const away = ([, { x, y }]: readonly [Handle, Vec]) => Math.hypot(x - clientX, y - clientY);
    const nearest = places.reduce((one, other) => (away(other) < away(one) ? other : one));
    const reach = typeof nearest[0] === "string" ? HANDLE_REACH_PX : CORNER_REACH_PX;
    return away(nearest) <= (touches ? TOUCH_REACH_PX : reach) ? nearest[0] : null;
  }

  private fingersApart(): number {
    const [one, other] = [...this.pinch.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 600));
  }

  private zoom(factor: number): void {
    const { ground } = this.hands;
    ground.zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, ground.zoom * factor));
  }

  private look({ x, y }: Vec): void {
    const { width, height } = this.site.draft.plan?.size ?? { width: Infinity, height: Infinity };
    this.editor.eye = { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }

  // keys --------------------------------------------------------------------------------------------------------

  private keyDown(event: KeyboardEvent): void {
    if (!this.open || isField(event.target) || document.querySelector("dialog[open]")) return;
    if (this.builds && isOfTheTools(event)) return event.stopImmediatePropagation();
    if (letterOf(event) === "KeyB" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (!event.repeat) this.toggle();
    } else if (!this.builds || event.altKey || !(event.ctrlKey || event.metaKey ? this.command(event) : this.key(event))) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** With Ctrl or ⌘; whether it means anything. */
  private command(event: KeyboardEvent): boolean {
    const letter = letterOf(event);
    if (letter === "KeyZ") event.shiftKey ? this.site.redo() : this.site.undo();
    else if (letter === "KeyY") this.site.redo();
    else if (letter === "KeyD") this.editor.duplicate();
    else if (letter === "KeyS") this.hands.files(this.site);
    else return false;
    return true;
  }

  private key(event: KeyboardEvent): boolean {
    const { editor } = this;
    const { code, key, shiftKey } = event;
    const letter = letterOf(event);
    const way = ARROWS[code];
    if (way) {
      const step = shiftKey ? 1 : GRID_UNITS;
      if (editor.chosen.length > 0 && code.startsWith("Arrow")) editor.nudge(way.x * step, way.y * step);
      else this.look({ x: editor.eye.x + way.x * PAN_UNITS, y: editor.eye.y + way.y * PAN_UNITS });
    } else if (code === "Escape") return editor.cancel();
    else if (code === "Delete" || code === "Backspace") editor.remove();
    else if (letter === "KeyV") this.choose("select");
    else if (/^Digit[1-6]$/u.test(code)) this.choose(TOOLS[Number(code.slice(5))]![0]);
    else if (letter === "KeyN") editor.walk(shiftKey ? -1 : 1);
    else if (letter === "KeyC") editor.walkCorners(shiftKey ? -1 : 1);
    else if (letter === "KeyR") editor.turn(shiftKey ? -TURN_STEP : TURN_STEP);
    else if (letter === "KeyF") editor.flip();
    else if (letter === "KeyG") editor.snaps = !editor.snaps;
    else if (key === "+" || key === "=") editor.scale(1);
    else if (key === "-") editor.scale(-1);
    else if (key === "[") editor.thicken(-1);
    else if (key === "]") editor.thicken(1);
    else if (key === "PageUp") this.zoom(1.25);
    else if (key === "PageDown") this.zoom(0.8);
    else if (code === "Space") editor.putHere();
    else return false;
    return true;
  }
}

const ARROWS: Readonly<Record<string, Vec>> = {
  ArrowUp: { x: 0, y: -1 }, KeyW: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 }, KeyS: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 }, KeyA: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, KeyD: { x: 1, y: 0 },
};

/** Tab goes among the tools, and the space bar or Enter takes the one that has the focus. */
function isOfTheTools({ key, code, target }: KeyboardEvent): boolean {
  const presses = code === "Space" || key === "Enter";
  return key === "Tab" || (presses && target instanceof HTMLButtonElement && target.closest(".build-tools") !== null);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
