/**
 * How one's own ship is: hull, shield, boost, pulse and rapid fire, as bars with words.
 *
 * The server tells what is left, not of how much; the longest that was seen since it last ran out is taken for the whole.
 */

import type { Scene } from "@ricochet/sdk";
import { element, mark, show, style, write } from "./dom";

class Bar {
  readonly root: HTMLElement;
  private readonly value = element("span", "bar-value");

  constructor(name: string, label: string) {
    const track = element("div", "bar-track", element("div", "bar-fill"));
    this.root = element("div", `bar bar-${name}`, element("span", "bar-label", label), track, this.value);
  }

  draw(share: number, text: string): void {
    style(this.root, "--share", Math.min(1, Math.max(0, share)).toFixed(3));
    write(this.value, text);
  }
}

/** A count-down whose start is not told: remembers the longest. */
class CountDown {
  private whole = 0;

  /** What is left, 0..1. */
  share(left: number): number {
    this.whole = left <= 0 ? 0 : Math.max(this.whole, left);
    return this.whole === 0 ? 0 : left / this.whole;
  }
}

const LOW_HULL = 30;

export class Vitals {
  readonly root: HTMLElement;
  private readonly hull = new Bar("hull", "Hull");
  private readonly shield = new Bar("shield", "Shield");
  private readonly boost = new Bar("boost", "Boost");
  private readonly pulse = new Bar("pulse", "Pulse");
  private readonly rapid = new Bar("rapid", "Rapid");
  private readonly boostLeft = new CountDown();
  private readonly pulseLeft = new CountDown();
  private readonly rapidLeft = new CountDown();

  constructor() {
    const bars = [this.shield, this.hull, this.boost, this.pulse, this.rapid];
    this.root = element("section", "vitals", ...bars.map((bar) => bar.root));
    this.root.setAttribute("aria-label", "Your ship");
  }

  draw(scene: Scene): void {
    show(this.root, scene.me !== null);
    if (scene.me === null) return;
    const { hull = 0, shield = 0, boost_ticks = 0, pulse_ticks = 0, rapid_ticks = 0 } = scene.hud as Partial<Record<string, number>>;
    this.hull.draw(hull / 100, String(hull));
    mark(this.hull.root, "low", hull <= LOW_HULL);
    show(this.shield.root, shield > 0);
    this.shield.draw(shield / 100, String(shield));
    drawLoading(this.boost, this.boostLeft, boost_ticks, scene);
    drawLoading(this.pulse, this.pulseLeft, pulse_ticks, scene);
    show(this.rapid.root, rapid_ticks > 0);
    this.rapid.draw(this.rapidLeft.share(rapid_ticks), seconds(rapid_ticks, scene));
  }
}

/** Fills up until it is ready again. */
function drawLoading(bar: Bar, left: CountDown, ticks: number, scene: Scene): void {
  const ready = ticks <= 0;
  bar.draw(1 - left.share(ticks), ready ? "ready" : seconds(ticks, scene));
  mark(bar.root, "ready", ready);
}

function seconds(ticks: number, { tick_rate }: Scene): string {
  return `${(ticks / tick_rate).toFixed(1)} s`;
}
