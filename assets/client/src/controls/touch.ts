/**
 * Two sticks on the glass: a thumb on the left half moves, one on the right half aims and fires, and two buttons boost
 * and let the pulse go.
 *
 * A stick appears where the thumb comes down, so that nobody has to look for it. It shows itself only once the screen
 * has been touched. Both work at once, each following its own finger.
 */

import type { Description, Vec } from "@ricochet/sdk";
import { element, show, write } from "../hud/dom";
import type { Button } from "./button";
import { withoutDeadZone } from "./sticks";

const REACH_PX = 56;
const DEAD_ZONE = 0.14;
/** Aiming further than this from the middle also fires. */
const FIRE_FROM = 0.35;

class Stick {
  readonly root: HTMLElement;
  value: Vec = { x: 0, y: 0 };
  private readonly knob = element("div", "stick-knob");
  private finger: number | null = null;
  private middle: Vec = { x: 0, y: 0 };

  constructor(name: string) {
    this.root = element("div", `stick ${name}`, this.knob);
  }

  get held(): boolean {
    return this.finger !== null;
  }

  take(event: PointerEvent): void {
    if (this.finger !== null) return;
    this.finger = event.pointerId;
    this.middle = { x: event.clientX, y: event.clientY };
    this.root.style.left = `${event.clientX}px`;
    this.root.style.top = `${event.clientY}px`;
    this.root.classList.add("held");
    this.lean(event);
  }

  lean(event: PointerEvent): void {
    if (event.pointerId !== this.finger) return;
    const [x, y] = [(event.clientX - this.middle.x) / REACH_PX, (event.clientY - this.middle.y) / REACH_PX];
    this.value = withoutDeadZone(x, y, DEAD_ZONE);
    const over = Math.max(1, Math.hypot(x, y));
    this.knob.style.transform = `translate(${(x / over) * REACH_PX}px, ${(y / over) * REACH_PX}px)`;
  }

  drop(event: PointerEvent): void {
    if (event.pointerId !== this.finger) return;
    this.finger = null;
    this.value = { x: 0, y: 0 };
    this.root.classList.remove("held");
    this.root.removeAttribute("style");
    this.knob.removeAttribute("style");
  }
}

export class TouchSticks {
  private readonly moving = new Stick("stick-move");
  private readonly aiming = new Stick("stick-aim");
  private readonly fire: Button;
  private readonly boost: HTMLElement;
  private readonly pulse: HTMLElement;

  constructor(surface: HTMLElement, layer: HTMLElement, fire: Button, boost: Button, pulse: Button) {
    this.fire = fire;
    this.boost = thumbButton("boost", boost);
    this.pulse = thumbButton("pulse", pulse);
    const sticks = element("div", "sticks", this.moving.root, this.aiming.root, this.boost, this.pulse);
    layer.append(sticks);
    show(sticks, false);

    window.addEventListener("pointerdown", (event) => show(sticks, event.pointerType === "touch"), { capture: true });
    surface.addEventListener("pointerdown", (event) => this.down(event));
    surface.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      surface.addEventListener(end, (event) => this.up(event));
    }
  }

  /** Buttons that the game has a use for are there, and say what they do. */
  enter({ controls }: Description): void {
    for (const [name, root] of [["boost", this.boost], ["pulse", this.pulse]] as const) {
      const control = controls.find(({ button }) => button === name);
      show(root, control !== undefined);
      write(root, control?.does ?? "");
    }
  }

  get move(): Vec {
    return this.moving.value;
  }

  get aim(): Vec {
    return this.aiming.value;
  }

  private down(event: PointerEvent): void {
    if (event.pointerType !== "touch") return;
    event.preventDefault(); // or a tap would come once more, as a mouse
    const stick = event.clientX < window.innerWidth / 2 ? this.moving : this.aiming;
    stick.take(event);
    this.pull();
  }

  private moved(event: PointerEvent): void {
    this.moving.lean(event);
    this.aiming.lean(event);
    this.pull();
  }

  private up(event: PointerEvent): void {
    this.moving.drop(event);
    this.aiming.drop(event);
    this.pull();
  }

  private pull(): void {
    const { x, y } = this.aiming.value;
    this.fire.hold("touch", this.aiming.held && Math.hypot(x, y) > FIRE_FROM);
  }
}

/** A round button under the right thumb that holds `button`. */
function thumbButton(name: string, button: Button): HTMLElement {
  const root = element("button", `thumb-button ${name}-button`, name);
  root.type = "button";
  root.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    button.press("touch");
  });
  for (const end of ["pointerup", "pointercancel"] as const) root.addEventListener(end, () => button.release("touch"));
  root.addEventListener("contextmenu", (event) => event.preventDefault());
  return root;
}
