/**
 * Keys of a replay: the ones that are pressed, and the ones that are held to roam.
 *
 *     Space  play or pause     ← →  five seconds     , .  one snapshot     ↑ ↓  faster, slower     Home End
 *     N P  next, previous kill or goal     [ ]  previous, next player     F  free camera     W A S D  roam     B  scores
 *
 * What somebody types into a field, or presses on a button that has the focus, is left to it.
 */

import type { Vec } from "@ricochet/sdk";
import { letterOf } from "../controls/letter";

export type Pressed = Readonly<Record<string, () => void>>;

const WAYS: Readonly<Record<string, readonly [number, number]>> = { KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0] };
/** With these, a list opens or is gone through. */
const OF_LISTS = new Set(["ArrowUp", "ArrowDown", "Home", "End", "Space"]);

/** On a slider the arrows up and down are those to the right and to the left. */
function alongASlider(event: KeyboardEvent): string {
  const { code, target } = event;
  const onSlider = target instanceof HTMLInputElement && target.type === "range";
  return (onSlider && { ArrowUp: "ArrowRight", ArrowDown: "ArrowLeft" }[code]) || letterOf(event);
}

export class Keys {
  private readonly held = new Set<string>();

  /** Until `ended`. */
  constructor(pressed: Pressed, ended: AbortSignal) {
    window.addEventListener("keydown", (event) => this.down(event, pressed), { signal: ended });
    window.addEventListener("keyup", ({ code }) => this.held.delete(code), { signal: ended });
    window.addEventListener("blur", () => this.held.clear(), { signal: ended });
  }

  /** Where the held keys want to go; of length 1 at most. */
  get way(): Vec {
    let [x, y] = [0, 0];
    for (const code of this.held) {
      x += WAYS[code]![0];
      y += WAYS[code]![1];
    }
    const length = Math.max(1, Math.hypot(x, y));
    return { x: x / length, y: y / length };
  }

  private down(event: KeyboardEvent, pressed: Pressed): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { code, key, target } = event;
    if (target instanceof HTMLSelectElement && (OF_LISTS.has(code) || /^[a-z]$/iu.test(key))) return;
    if (target instanceof HTMLButtonElement && code === "Space") return;
    if (code in WAYS) this.held.add(code);
    const act = pressed[alongASlider(event)] ?? pressed[key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
