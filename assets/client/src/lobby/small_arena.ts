/** An arena in small: its walls, blocks and rocks, as lines on a canvas; and in words, for who doesn't see it. */

import { type Arena, type Point } from "@ricochet/sdk";

const DENSITY = 2;
const BORDER_PX = 4;

export type Pictured = Partial<Arena> & Pick<Arena, "size">;

/** A canvas of so many CSS pixels. */
export function sized(canvas: HTMLCanvasElement, side_px: number): void {
  canvas.width = canvas.height = side_px * DENSITY;
}

export function drawSmall(canvas: HTMLCanvasElement, { size, walls = [], blocks = [], rocks = [], goals = [] }: Pictured): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const border = 2 * BORDER_PX * DENSITY;
  const scale = Math.min((canvas.width - border) / size.width, (canvas.height - border) / size.height);
  const thin = (1.2 * DENSITY) / scale;
  pen.setTransform(scale, 0, 0, scale, (canvas.width - size.width * scale) / 2, (canvas.height - size.height * scale) / 2);
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = "rgb(130 160 255 / 0.55)";
  pen.lineWidth = thin;
  pen.strokeRect(0, 0, size.width, size.height);
  pen.fillStyle = "rgb(83 230 165 / 0.22)";
  for (const { x, y, width, height } of goals) pen.fillRect(x - width / 2, y - height / 2, width, height);
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

/** What it is made of: "2 walls, 1 rock". */
export function inWords({ walls = [], blocks = [], rocks = [], crates = [], goals = [] }: Pictured): string {
  const counts: [number, string][] = [
    [walls.length, "wall"], [blocks.length, "block"], [rocks.length, "rock"], [crates.length, "crate"], [goals.length, "goal"],
  ];
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? "" : "s"}`);
  return said.join(", ") || "nothing but open space";
}

function trace(pen: CanvasRenderingContext2D, points: readonly Point[], closed: boolean): void {
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  if (closed) pen.closePath();
}
