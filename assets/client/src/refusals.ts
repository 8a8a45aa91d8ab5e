/**
 * What becomes of a refusal that leaves the conversation as it is (`error`): the player reads it, or the F3 panel counts it.
 *
 * What chat refuses is read where it was written. An input that came too far ahead is no business of the player's: the clock
 * mends it.
 */

import type { Gauges, LinkState, Look, Refusal } from "@ricochet/sdk";

const INPUT_TOO_FAR = 4008;
/** Refused, or not answered in time by the operator's word filter. */
const OF_CHAT: ReadonlySet<number> = new Set([4018, 4023]);

export class Refusals {
  readonly #look: Pick<Look, "chat" | "notice" | "refuse">;
  readonly #gauges: Gauges;
  #inputs_too_far = 0;

  constructor(look: Pick<Look, "chat" | "notice" | "refuse">, gauges: Gauges) {
    this.#look = look;
    this.#gauges = gauges;
  }

  /** `state`: where one was when it came. Who plays reads it in passing; who wanted to be elsewhere is told why they aren't. */
  take({ code, sentence }: Refusal, state: LinkState["state"]): void {
    if (OF_CHAT.has(code)) {
      this.#look.chat.refuse(sentence);
    } else if (code === INPUT_TOO_FAR) {
      this.#inputs_too_far += 1;
      this.#gauges.push("inputs_too_far", this.#inputs_too_far);
    } else if (state === "playing") {
      this.#look.notice(sentence);
    } else {
      this.#look.refuse(sentence);
    }
  }
}
