/**
 * What becomes of a refusal that leaves the conversation as it is (`error`): the player reads it, or the F3 panel counts it.
 *
 * What chat refuses is read where it was written. An input that came too far ahead is no business of the player's: the clock
 * mends it.
 */

import type { Gauges, Look, Refusal } from "@ricochet/sdk";

const INPUT_TOO_FAR = 4008;
const CHAT_REFUSED = 4018;

export class Refusals {
  readonly #look: Pick<Look, "chat" | "notice">;
  readonly #gauges: Gauges;
  #inputs_too_far = 0;

  constructor(look: Pick<Look, "chat" | "notice">, gauges: Gauges) {
    this.#look = look;
    this.#gauges = gauges;
  }

  take({ code, sentence }: Refusal): void {
    if (code === CHAT_REFUSED) {
      this.#look.chat.refuse(sentence);
    } else if (code !== INPUT_TOO_FAR) {
      this.#look.notice(sentence);
    } else {
      this.#inputs_too_far += 1;
      this.#gauges.push("inputs_too_far", this.#inputs_too_far);
    }
  }
}
