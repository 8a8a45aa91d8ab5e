/**
 * One figure, drawn by uPlot, with its latest values in words beside it: what the picture shows, without seeing it.
 *
 * The pointer shows the values at a moment, of all charts alike.
 */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { element, write } from "../hud/dom";
import type { Figure } from "./figures";
import { onScale, said, stepsOf } from "./numbers";
import type { Columns } from "./past";

const HEIGHT_PX = 132;
const SYNC = "moment";
/** The past is at least so long, however little of it there is. */
const SPAN_S_MIN = 20;
const FONT = '11px system-ui, "DejaVu Sans", sans-serif';

export class Chart {
  readonly root: HTMLElement;
  readonly #figure: Figure;
  readonly #values: HTMLElement[];
  readonly #place = element("div", "chart-place");
  #plot: uPlot | null = null;
  #columns: Columns = [[]];
  #window_s = 60;

  constructor(figure: Figure) {
    this.#figure = figure;
    this.#values = figure.lines.map(() => element("b", ""));
    const lines = figure.lines.map(({ label, colour }, n) => {
      const swatch = element("span", `swatch swatch${colour}`);
      swatch.setAttribute("aria-hidden", "true");
      return element("li", "", swatch, `${label} `, this.#values[n] ?? "");
    });
    this.#place.setAttribute("aria-hidden", "true");
    const caption = element("figcaption", "", element("h3", "", figure.title), element("ul", "chart-lines", ...lines));
    this.root = element("figure", "chart panel", caption, this.#place);
    new ResizeObserver(() => this.#fit()).observe(this.#place);
  }

  draw(columns: Columns, window_s: number): void {
    this.#columns = columns;
    this.#window_s = window_s;
    this.#fit();
    this.#plot?.setData(columns);
    this.#say(this.#plot?.cursor.idx ?? null);
  }

  /** Give the picture its place's width; it is made when there is one. */
  #fit(): void {
    const width = this.#place.clientWidth;
    if (width === 0) return;
    if (this.#plot === null) this.#plot = new uPlot(this.#options(width), this.#columns, this.#place);
    else if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT_PX });
  }

  /** The values at a moment, or the latest. */
  #say(at: number | null): void {
    for (const [n, target] of this.#values.entries()) {
      const column = this.#columns[n + 1] ?? [];
      write(target, said(column[at ?? column.length - 1], this.#figure.unit));
    }
  }

  #options(width: number): uPlot.Options {
    const colours = getComputedStyle(document.documentElement);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const { unit, lines } = this.#figure;
    const steps = stepsOf(unit);
    const axis = { stroke: colour("--faint"), font: FONT, ticks: { show: false }, grid: { stroke: colour("--grid"), width: 1 } };
    return {
      width,
      height: HEIGHT_PX,
      padding: [8, 28, 0, 0], // half of the last moment is written beyond it
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, sync: { key: SYNC }, points: { size: 5 } },
      scales: {
        x: { range: (_plot, min, max) => [max - Math.min(this.#window_s, Math.max(SPAN_S_MIN, max - min)), max] },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.15)] },
      },
      axes: [
        { ...axis, size: 26, space: 70, values: (_plot, at) => at.map(clock) },
        {
          ...axis, size: 48, space: 28, values: (_plot, at) => at.map((value) => onScale(value, unit)),
          ...(steps !== null && { incrs: steps }),
        },
      ],
      series: [{}, ...lines.map((line) => ({ stroke: colour(line.colour), width: 1.5, points: { show: false } }))],
      hooks: { setCursor: [(plot) => this.#say(plot.cursor.idx ?? null)] },
    };
  }
}

function clock(at_s: number): string {
  return new Date(at_s * 1000).toLocaleTimeString("en-GB");
}
