/**
 * An arena in small: its walls, blocks and rocks, as lines. Fetched once a visit; an arena that the server doesn't publish
 * has an empty frame.
 */

import { type Arena, type Point } from "@ricochet/sdk";
import { element } from "../hud/dom";

const WIDTH_PX = 72;
const HEIGHT_PX = 72;
const DENSITY = 2;
const BORDER_PX = 4;

const fetched = new Map<string, Promise<Arena | null>>();

export class Thumbnail {
  readonly root = element("canvas", "room-thumbnail");
  #arena = "";

  constructor() {
    this.root.width = WIDTH_PX * DENSITY;
    this.root.height = HEIGHT_PX * DENSITY;
    this.root.setAttribute("aria-hidden", "true");
  }

  show(arena: string): void {
    if (arena === this.#arena) return;
    this.#arena = arena;
    void arenaOf(arena).then((found) => {
      if (arena === this.#arena && found) draw(this.root, found);
    });
  }
}

function arenaOf(name: string): Promise<Arena | null> {
  let arena = fetched.get(name);
  if (!arena) {
    arena = fetchArena(name).catch(() => null);
    fetched.set(name, arena);
  }
  return arena;
}

async function fetchArena(name: string): Promise<Arena | null> {
  const answer = await fetch(`maps/${encodeURIComponent(name)}.json`);
  return answer.ok ? ((await answer.json()) as Arena) : null;
}

function draw(canvas: HTMLCanvasElement, { size, walls = [], blocks = [], rocks = [] }: Partial<Arena> & Pick<Arena, "size">): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const scale = DENSITY * Math.min((WIDTH_PX - 2 * BORDER_PX) / size.width, (HEIGHT_PX - 2 * BORDER_PX) / size.height);
  const thin = 1.2 * DENSITY / scale;
  pen.setTransform(scale, 0, 0, scale, (canvas.width - size.width * scale) / 2, (canvas.height - size.height * scale) / 2);
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = "rgb(130 160 255 / 0.55)";
  pen.lineWidth = thin;
  pen.strokeRect(0, 0, size.width, size.height);
  pen.strokeStyle = "#6f8cff";
  for (const { points, radius = 16, closed = false } of walls) {
    pen.lineWidth = Math.max(thin, 2 * radius);
    trace(pen, points, closed);
    pen.stroke();
  }
  pen.fillStyle = "#3f58c0";
  for (const { points } of blocks) {
    trace(pen, points, true);
    pen.fill();
  }
  pen.fillStyle = "rgb(255 179 71 / 0.6)";
  for (const { points, x, y, angle = 0 } of rocks) {
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    trace(pen, points.map(([px, py]) => [x + px * cosine - py * sine, y + px * sine + py * cosine] as const), true);
    pen.fill();
  }
}

function trace(pen: CanvasRenderingContext2D, points: readonly Point[], closed: boolean): void {
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  if (closed) pen.closePath();
}
