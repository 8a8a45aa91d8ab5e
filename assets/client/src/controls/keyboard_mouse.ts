/**
 * Keys and mouse: WASD or arrows move, the mouse aims, its left button or the space bar fires, its right
 * button or E lets the pulse go, shift boosts.
 *
 * Keys go by their place on the keyboard (`code`), so that WASD is where WASD is on every layout. What is typed into a
 * field or a dialog is no game input. When the page loses focus everything is let go, since the releases would go elsewhere.
 */

import type { Vec } from "@ricochet/sdk";
import type { Button } from "./button";
import { isOutOfPlay } from "./out_of_play";

const MOVES: Readonly<Record<string, Vec>> = {
  KeyW: { x: 0, y: -1 }, ArrowUp: { x: 0, y: -1 },
  KeyS: { x: 0, y: 1 }, ArrowDown: { x: 0, y: 1 },
  KeyA: { x: -1, y: 0 }, ArrowLeft: { x: -1, y: 0 },
  KeyD: { x: 1, y: 0 }, ArrowRight: { x: 1, y: 0 },
};
const FIRE_KEYS: ReadonlySet<string> = new Set(["Space"]);
const BOOST_KEYS: ReadonlySet<string> = new Set(["ShiftLeft", "ShiftRight"]);
const PULSE_KEYS: ReadonlySet<string> = new Set(["KeyE"]);
const LEFT_BUTTON = 0;
const RIGHT_BUTTON = 2;

export class KeyboardMouse {
  /** Whether anybody plays; else keys are the page's. */
  active = false;
  /** Where the mouse points, in CSS pixels; null until it moved. */
  pointer: Vec | null = null;
  private readonly held = new Set<string>();
  private readonly fire: Button;
  private readonly boost: Button;
  private readonly pulse: Button;

  constructor(surface: HTMLElement, fire: Button, boost: Button, pulse: Button) {
    this.fire = fire;
    this.boost = boost;
    this.pulse = pulse;
    window.addEventListener("keydown", (event) => this.keyDown(event));
    window.addEventListener("keyup", (event) => this.keyUp(event.code));
    window.addEventListener("blur", () => this.releaseAll());
    window.addEventListener("focusin", (event) => {
      if (isOutOfPlay(event.target)) this.releaseAll();
    });
    window.addEventListener("pointermove", (event) => this.pointAt(event));
    window.addEventListener("mouseup", (event) => this.mouseUp(event));
    surface.addEventListener("mousedown", (event) => this.mouseDown(event));
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Not yet shortened: two keys make a diagonal of length √2. */
  move(): Vec {
    const sum = { x: 0, y: 0 };
    for (const code of this.held) {
      sum.x += MOVES[code]?.x ?? 0;
      sum.y += MOVES[code]?.y ?? 0;
    }
    return { x: Math.sign(sum.x), y: Math.sign(sum.y) };
  }

  private keyDown(event: KeyboardEvent): void {
    if (!this.active || isOutOfPlay(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { code } = event;
    if (code in MOVES) this.held.add(code);
    else if (FIRE_KEYS.has(code)) this.fire.press(code);
    else if (BOOST_KEYS.has(code)) this.boost.press(code);
    else if (PULSE_KEYS.has(code)) this.pulse.press(code);
    else return;
    // The space bar also presses whichever button has the focus, and the arrows scroll.
    event.preventDefault();
  }

  private keyUp(code: string): void {
    this.held.delete(code);
    this.fire.release(code);
    this.boost.release(code);
    this.pulse.release(code);
  }

  private pointAt(event: PointerEvent): void {
    if (event.pointerType === "mouse") this.pointer = { x: event.clientX, y: event.clientY };
  }

  private mouseDown(event: MouseEvent): void {
    if (event.button === LEFT_BUTTON) this.fire.press("mouse");
    if (event.button === RIGHT_BUTTON) this.pulse.press("mouse");
  }

  private mouseUp(event: MouseEvent): void {
    if (event.button === LEFT_BUTTON) this.fire.release("mouse");
    if (event.button === RIGHT_BUTTON) this.pulse.release("mouse");
  }

  releaseAll(): void {
    this.held.clear();
    this.fire.releaseAll();
    this.boost.releaseAll();
    this.pulse.releaseAll();
  }
}
