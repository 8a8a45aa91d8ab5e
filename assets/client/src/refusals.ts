/**
 * What becomes of a refusal that leaves the conversation as it is (`error`): the player reads it, or the F3 panel counts it.
 *
 * An input that came too far ahead is no business of the player's: the clock mends it.
 */

import type { Gauges, Refusal } from "@ricochet/sdk";

const INPUT_TOO_FAR = 4008;

export class Refusals {
  readonly #notice: (sentence: string) => void;
  readonly #gauges: Gauges;
  #inputs_too_far = 0;

  constructor(notice: (sentence: string) => void, gauges: Gauges) {
    this.#notice = notice;
    this.#gauges = gauges;
  }

  take({ code, sentence }: Refusal): void {
    if (code !== INPUT_TOO_FAR) {
      this.#notice(sentence);
      return;
    }
    this.#inputs_too_far += 1;
    this.#gauges.push("inputs_too_far", this.#inputs_too_far);
  }
}
