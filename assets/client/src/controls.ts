/**
 * What the player wants, from keyboard and mouse, gamepad and touch at once.
 *
 * Whichever device aimed last has the aim. A stick that is let go keeps its direction; moving with a stick but not aiming
 * with it aims where it moves.
 */

import type { Controls, ControlSample, Vec, Description } from "@ricochet/sdk";
import { Button } from "./controls/button";
import { GamepadReader } from "./controls/gamepad";
import { KeyboardMouse } from "./controls/keyboard_mouse";
import { atMostOne, isSomething } from "./controls/sticks";
import { TouchSticks } from "./controls/touch";

export class DeviceControls implements Controls {
  /** Where on the page the player's ship is; the mouse aims from there. */
  origin: Vec = { x: 0, y: 0 };
  private readonly fire = new Button();
  private readonly boost = new Button();
  private readonly pulse = new Button();
  private readonly keyboardMouse: KeyboardMouse;
  private readonly gamepad = new GamepadReader(this.fire, this.boost, this.pulse);
  private readonly touch: TouchSticks;
  private pointerSeen: Vec | null = null;
  private aim = -Math.PI / 2;
  private aimsByMouse = false;

  /** Listens on `surface`; draws the touch sticks in `layer`. */
  constructor(surface: HTMLElement, layer: HTMLElement) {
    this.keyboardMouse = new KeyboardMouse(surface, this.fire, this.boost, this.pulse);
    this.touch = new TouchSticks(surface, layer, this.fire, this.boost, this.pulse);
  }

  /** Whether anybody plays; if not, everything is let go. */
  set active(active: boolean) {
    this.keyboardMouse.active = active;
    if (!active) this.keyboardMouse.releaseAll();
  }

  enter(description: Description): void {
    this.touch.enter(description);
  }

  sample(): ControlSample {
    const pad = this.gamepad.read();
    const keys = this.keyboardMouse.move();
    const move = atMostOne(keys.x + pad.move.x + this.touch.move.x, keys.y + pad.move.y + this.touch.move.y);
    this.takeAim(pad.aim, pad.move);
    const [fire, boost, pulse] = [this.fire.take(), this.boost.take(), this.pulse.take()];
    const pressed = { fire: fire.pressed, boost: boost.pressed, pulse: pulse.pressed };
    return { move, aim: this.aim, fire: fire.down, boost: boost.down, pulse: pulse.down, pressed };
  }

  private takeAim(pad_aim: Vec, pad_move: Vec): void {
    const { pointer } = this.keyboardMouse;
    if (pointer !== this.pointerSeen) {
      this.pointerSeen = pointer;
      this.aimsByMouse = true;
    }
    const stick = [this.touch.aim, pad_aim, this.touch.move, pad_move].find(isSomething);
    if (stick !== undefined) {
      this.aimsByMouse = false;
      this.aim = Math.atan2(stick.y, stick.x);
    } else if (this.aimsByMouse && pointer !== null) {
      this.aim = Math.atan2(pointer.y - this.origin.y, pointer.x - this.origin.x);
    }
  }
}
