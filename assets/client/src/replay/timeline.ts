/**
 * The line of time: a slider, with a stroke for each kill and goal.
 */

import type { Mark } from "@ricochet/sdk/replay";
import { element } from "../hud/dom";
import { type Transport, minutes } from "./transport";

/** More strokes than that are a smear. */
const STROKES_MAX = 400;

export class Timeline {
  readonly root: HTMLElement;
  /** While it is dragged it says where to, and time stands still. */
  dragging = false;
  private readonly slider = element("input", "timeline-slider");
  private readonly transport: Transport;

  constructor(transport: Transport, marks: readonly Mark[], goTo: (tick: number) => void) {
    this.transport = transport;
    const { slider } = this;
    Object.assign(slider, { type: "range", min: String(transport.first_tick), max: String(transport.last_tick), step: "1" });
    slider.setAttribute("aria-label", "Time");
    slider.addEventListener("input", () => goTo(Number(slider.value)));
    slider.addEventListener("pointerdown", () => (this.dragging = true));
    for (const end of ["pointerup", "pointercancel", "change"] as const) slider.addEventListener(end, () => (this.dragging = false));
    const strokes = element("div", "timeline-marks", ...marks.slice(0, STROKES_MAX).map((mark) => this.stroke(mark)));
    strokes.setAttribute("aria-hidden", "true");
    this.root = element("div", "timeline", strokes, slider);
  }

  draw(): void {
    const { slider, transport } = this;
    const value = String(Math.round(transport.tick));
    if (slider.value !== value && !this.dragging) slider.value = value;
    const spoken = `${minutes(transport.seconds)} of ${minutes(transport.length_s)}`;
    if (slider.getAttribute("aria-valuetext") !== spoken) slider.setAttribute("aria-valuetext", spoken);
  }

  private stroke({ tick, name }: Mark): HTMLElement {
    const { first_tick, last_tick } = this.transport;
    const stroke = element("i", `stroke ${name === "goal" ? "goal" : "kill"}`);
    stroke.style.setProperty("--at", String((tick - first_tick) / Math.max(1, last_tick - first_tick)));
    return stroke;
  }
}
