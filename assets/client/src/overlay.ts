/**
 * The F3 panel: live graphs of whatever numbers are pushed, each under its own name, and sliders that make the network worse.
 *
 * Pushing is cheap and always on, so that the panel has a past to show when it is opened; drawing costs only while it is open.
 * Units are the last part of a name ("rtt_ms").
 */

import type { Gauges, Weather } from "@ricochet/sdk";
import { element, show, write } from "./hud/dom";
import { Series } from "./hud/series";
import { Sliders } from "./hud/sliders";

const GRAPH_WIDTH_PX = 220;
const GRAPH_HEIGHT_PX = 34;
const DENSITY = 2;
const REDRAW_MS = 100;

interface Row {
  series: Series;
  root: HTMLElement;
  value: HTMLElement;
  range: HTMLElement;
  canvas: HTMLCanvasElement;
}

export class Overlay implements Gauges {
  readonly root = element("section", "overlay panel");
  private readonly rows = new Map<string, Row>();
  private drawn_ms = 0;

  constructor(onWeather: (weather: Weather) => void) {
    this.root.setAttribute("aria-label", "Network graphs");
    this.root.append(new Sliders(onWeather).root);
    show(this.root, false);
    window.addEventListener("keydown", (event) => {
      if (event.code !== "F3") return;
      event.preventDefault();
      this.toggle();
    });
  }

  toggle(): void {
    show(this.root, this.root.hidden !== false);
  }

  push(name: string, value: number): void {
    this.row(name).series.push(value);
  }

  counters(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.rows].map(([name, { series }]) => [name, series.latest]));
  }

  draw(now_ms: number): void {
    if (this.root.hidden || now_ms - this.drawn_ms < REDRAW_MS) return;
    this.drawn_ms = now_ms;
    for (const row of this.rows.values()) drawRow(row);
  }

  private row(name: string): Row {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const value = element("b", "");
    const canvas = element("canvas", "");
    canvas.width = GRAPH_WIDTH_PX * DENSITY;
    canvas.height = GRAPH_HEIGHT_PX * DENSITY;
    const range = element("small", "");
    const root = element("div", "overlay-row", element("span", "", name.replaceAll("_", " ")), value, canvas, range);
    const row = { series: new Series(), root, value, range, canvas };
    this.rows.set(name, row);
    this.root.append(root);
    return row;
  }
}

function drawRow({ series, value, range, canvas }: Row): void {
  const { low, high, mean } = series.range();
  write(value, short(series.latest));
  write(range, `${short(low)} … ${short(high)} · mean ${short(mean)}`);
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const { width, height } = canvas;
  // From zero, unless there are values below it: a small wobble shall look small.
  const floor = Math.min(0, low);
  const span = Math.max(high - floor, 1e-9);
  const step = width / (series.capacity - 1);
  pen.clearRect(0, 0, width, height);
  pen.beginPath();
  for (let index = 0; index < series.length; index += 1) {
    const x = width - (series.length - 1 - index) * step;
    pen.lineTo(x, height - 3 - ((series.at(index) - floor) / span) * (height - 6));
  }
  pen.strokeStyle = "#8fb4ff";
  pen.lineWidth = DENSITY;
  pen.lineJoin = "round";
  pen.stroke();
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return `${(value / 1000).toFixed(1)} k`;
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}
