/**
 * A gamepad with the standard layout: left stick moves, right stick aims; right trigger or shoulder fires; left trigger
 * or A boosts; left shoulder or X lets the pulse go.
 *
 * The browser offers gamepads by polling only, so what is pressed for less than a tick can't be seen here.
 */

import type { Vec } from "@ricochet/sdk";
import type { Button } from "./button";
import { isSomething, withoutDeadZone } from "./sticks";

const DEAD_ZONE = 0.18;
const TRIGGER_DOWN = 0.3;
const FIRE_BUTTONS = [7, 5];
const BOOST_BUTTONS = [6, 0];
const PULSE_BUTTONS = [4, 2];

export interface GamepadSticks {
  move: Vec;
  aim: Vec;
}

const AT_REST: Vec = { x: 0, y: 0 };

export class GamepadReader {
  private readonly fire: Button;
  private readonly boost: Button;
  private readonly pulse: Button;

  constructor(fire: Button, boost: Button, pulse: Button) {
    this.fire = fire;
    this.boost = boost;
    this.pulse = pulse;
  }

  /** Reads all gamepads there are, for nobody knows which of them is in hand; holds the buttons accordingly. */
  read(): GamepadSticks {
    const pads = (navigator.getGamepads?.() ?? []).filter((pad) => pad?.connected) as Gamepad[];
    const down = (buttons: number[]): boolean =>
      pads.some((pad) => buttons.some((index) => (pad.buttons[index]?.value ?? 0) > TRIGGER_DOWN));
    this.fire.hold("gamepad", down(FIRE_BUTTONS));
    this.boost.hold("gamepad", down(BOOST_BUTTONS));
    this.pulse.hold("gamepad", down(PULSE_BUTTONS));
    const stick = (x: number, y: number): Vec =>
      pads.map(({ axes }) => withoutDeadZone(axes[x] ?? 0, axes[y] ?? 0, DEAD_ZONE)).find(isSomething) ?? AT_REST;
    return { move: stick(0, 1), aim: stick(2, 3) };
  }
}
