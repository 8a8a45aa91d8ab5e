/**
 * A button that several devices can hold, and whose presses can't be missed.
 *
 * The game asks once per tick; a person may press and release between two asks. So a press is latched until it has been
 * told once. Pure.
 */

export class Button {
  private readonly holders = new Set<string>();
  private latched = false;

  /** Pressed by a source ("mouse", "key", …); only the first of several holders makes it a new press. */
  press(source: string): void {
    if (this.holders.size === 0) this.latched = true;
    this.holders.add(source);
  }

  release(source: string): void {
    this.holders.delete(source);
  }

  /** Pressed or released, whichever `held` says: for sources that are polled. */
  hold(source: string, held: boolean): void {
    if (held) this.press(source);
    else this.release(source);
  }

  /** Everybody lets go; a press not yet told is still told. */
  releaseAll(): void {
    this.holders.clear();
  }

  /** `pressed`: since the last take, even if it was let go. */
  take(): { down: boolean; pressed: boolean } {
    const taken = { down: this.holders.size > 0, pressed: this.latched };
    this.latched = false;
    return taken;
  }
}
