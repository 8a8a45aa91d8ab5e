/**
 * A bad network at will: three sliders at the head of the F3 panel. With all of them at nought it is the network that it is.
 */

import type { Weather } from "@ricochet/sdk";
import { element, write } from "./dom";

interface Slider {
  readonly name: keyof Weather;
  readonly label: string;
  readonly unit: string;
  readonly most: number;
  readonly step: number;
}

const SLIDERS: readonly Slider[] = [
  { name: "rtt_ms", label: "added latency", unit: "ms", most: 500, step: 10 },
  { name: "jitter_ms", label: "added jitter", unit: "ms", most: 200, step: 5 },
  { name: "stalls_per_s", label: "added stalls", unit: "/s", most: 2, step: 0.1 },
];

export class Sliders {
  readonly root = element("div", "overlay-sliders");
  readonly #weather: Weather = { rtt_ms: 0, jitter_ms: 0, stalls_per_s: 0 };
  readonly #onChange: (weather: Weather) => void;

  constructor(onChange: (weather: Weather) => void) {
    this.#onChange = onChange;
    this.root.append(...SLIDERS.map((slider) => this.#row(slider)));
  }

  #row({ name, label, unit, most, step }: Slider): HTMLElement {
    const value = element("b", "", `0 ${unit}`);
    const input = element("input", "");
    Object.assign(input, { type: "range", min: "0", max: String(most), step: String(step), value: "0" });
    input.setAttribute("aria-label", label);
    input.addEventListener("input", () => {
      this.#weather[name] = input.valueAsNumber;
      write(value, `${input.valueAsNumber} ${unit}`);
      this.#onChange({ ...this.#weather });
    });
    // The keys steer the ship again as soon as the mouse lets go.
    input.addEventListener("pointerup", () => input.blur());
    return element("label", "overlay-slider", element("span", "", label), input, value);
  }
}
