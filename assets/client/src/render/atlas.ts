/**
 * Every small picture of the game, drawn once at start-up into one texture.
 *
 * Stamps are white on nothing, to be tinted; one texture means that a layer of thousands of stamps is one draw call.
 * Each stamp is laid out in world units around its own centre, nose towards +x, at `DETAIL` texture pixels per unit.
 */

import { CRATE_SIZE, PICKUP_RADIUS, SHIP_RADIUS } from "@ricochet/sdk";
import { Rectangle, Texture, TextureSource } from "pixi.js";


export const STAMPS = [
  "glow", "streak", "band", "flame", "ring", "shard", "core", "pixel", "bubble", "beacon",
  "dart_fill", "dart_line", "dart_glow", "fork_fill", "fork_line", "fork_glow",
  "crate_fill", "crate_line", "crate_glow", "crate_cracks",
  "ball_fill", "ball_panels", "ball_shine", "arrow",
  "pickup_ring", "repair", "rapid", "shield",
] as const;

export type StampName = (typeof STAMPS)[number];

export interface Stamp {
  texture: Texture;
  /** Size of a whole cell in world units. */
  units: number;
}

export type Atlas = Readonly<Record<StampName, Stamp>>;

const DETAIL = 4;
const CELL_UNITS = 64;
const CELL_PX = CELL_UNITS * DETAIL;
/** Kept clear around each stamp, so that none bleeds into the next when scaled down. */
const GAP_PX = 6;
const COLUMNS = 5;

/**
 * How much of its cell a stamp shows, where that isn't all. What is squeezed into lines must be drawn slim: scaled
 * down from a whole cell, it would be blurred into its neighbours.
 */
const FRAMES_UNITS: Partial<Record<StampName, readonly [number, number]>> = { pixel: [32, 32], streak: [60, 14], band: [32, 58] };
const WHOLE: readonly [number, number] = [CELL_UNITS, CELL_UNITS];

type Pen = CanvasRenderingContext2D;
type Outline = readonly (readonly [number, number])[];

const R = SHIP_RADIUS;

/** Upper halves, nose first; the lower half mirrors them. */
const DART: Outline = [
  [1.3 * R, 0], [0.1 * R, 0.36 * R], [-0.72 * R, 0.98 * R], [-0.95 * R, 0.8 * R], [-0.5 * R, 0.2 * R], [-0.62 * R, 0],
];
const FORK: Outline = [
  [0.45 * R, 0], [0.5 * R, 0.2 * R], [1.2 * R, 0.42 * R], [0.1 * R, 0.98 * R], [-0.85 * R, 0.72 * R], [-0.6 * R, 0.3 * R],
  [-0.8 * R, 0],
];

export function bakeAtlas(): Atlas {
  const canvas = document.createElement("canvas");
  canvas.width = COLUMNS * CELL_PX;
  canvas.height = Math.ceil(STAMPS.length / COLUMNS) * CELL_PX;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser offers no 2D canvas");

  const source = TextureSource.from(canvas);
  source.autoGenerateMipmaps = true;
  const atlas: Partial<Record<StampName, Stamp>> = {};
  STAMPS.forEach((name, index) => {
    const left = (index % COLUMNS) * CELL_PX;
    const top = Math.floor(index / COLUMNS) * CELL_PX;
    drawStamp(pen, name, left, top);
    const [width, height] = (FRAMES_UNITS[name] ?? WHOLE).map((units) => units * DETAIL) as [number, number];
    const frame = new Rectangle(left + (CELL_PX - width) / 2, top + (CELL_PX - height) / 2, width, height);
    atlas[name] = { texture: new Texture({ source, frame }), units: CELL_UNITS };
  });
  source.update();
  return atlas as Atlas;
}

function drawStamp(pen: Pen, name: StampName, left: number, top: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(left + GAP_PX, top + GAP_PX, CELL_PX - 2 * GAP_PX, CELL_PX - 2 * GAP_PX);
  pen.clip();
  pen.translate(left + CELL_PX / 2, top + CELL_PX / 2);
  pen.scale(DETAIL, DETAIL);
  pen.fillStyle = "#fff";
  pen.strokeStyle = "#fff";
  pen.lineJoin = "round";
  pen.lineCap = "round";
  DRAW[name](pen);
  pen.restore();
}

const DRAW: Readonly<Record<StampName, (pen: Pen) => void>> = {
  glow: (pen) => disc(pen, 29, [[0, 1], [0.15, 0.62], [0.4, 0.2], [0.7, 0.05], [1, 0]]),
  core: (pen) => disc(pen, 29, [[0, 1], [0.5, 1], [0.62, 0.75], [0.8, 0.1], [1, 0]]),
  streak: (pen) => beam(pen, 30, 7),
  band: (pen) => band(pen),
  flame: (pen) => flame(pen),
  ring: (pen) => circle(pen, 26, [[7, 0.08], [4, 0.16], [1.6, 1]]),
  bubble: (pen) => bubble(pen),
  beacon: (pen) => beacon(pen),
  shard: (pen) => fill(pen, [[28, -4], [-24, 16], [-10, -20]]),
  pixel: (pen) => pen.fillRect(-20, -20, 40, 40),
  dart_fill: (pen) => fill(pen, mirrored(DART)),
  dart_line: (pen) => hullLines(pen, mirrored(DART), 5),
  dart_glow: (pen) => soft(pen, mirrored(DART)),
  fork_fill: (pen) => fill(pen, mirrored(FORK)),
  fork_line: (pen) => hullLines(pen, mirrored(FORK), 2),
  fork_glow: (pen) => soft(pen, mirrored(FORK)),
  crate_fill: (pen) => fill(pen, square(CRATE_SIZE / 2)),
  crate_line: (pen) => crateLines(pen),
  crate_glow: (pen) => soft(pen, square(CRATE_SIZE / 2 - 1)),
  crate_cracks: (pen) => cracks(pen),
  arrow: (pen) => fill(pen, [[26, 0], [-14, -21], [-5, 0], [-14, 21]]),
  ball_fill: (pen) => disc(pen, BALL_UNITS, [[0, 1], [0.97, 1], [1, 0]]),
  ball_panels: (pen) => ballPanels(pen),
  ball_shine: (pen) => ballShine(pen),
  pickup_ring: (pen) => circle(pen, PICKUP_RADIUS, [[5, 0.1], [3, 0.2], [1.4, 1]]),
  repair: (pen) => lines(pen, 2.6, [[[-6, 0], [6, 0]], [[0, -6], [0, 6]]]),
  rapid: (pen) => lines(pen, 2.4, [[[-6, -5.5], [-0.5, 0], [-6, 5.5]], [[0.5, -5.5], [6, 0], [0.5, 5.5]]]),
  shield: (pen) => lines(pen, 2.2, [[[0, -7], [6, -4.5], [5.5, 2], [0, 7.5], [-5.5, 2], [-6, -4.5], [0, -7]]]),
};

function mirrored(half: Outline): Outline {
  const lower = half.filter(([, y]) => y !== 0).map(([x, y]) => [x, -y] as const);
  return [...half, ...lower.reverse()];
}

function square(half: number): Outline {
  return [[-half, -half], [half, -half], [half, half], [-half, half]];
}

function trace(pen: Pen, points: Outline): void {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
}

function fill(pen: Pen, points: Outline): void {
  trace(pen, points);
  pen.closePath();
  pen.fill();
}

function lines(pen: Pen, width: number, paths: readonly Outline[]): void {
  pen.lineWidth = width;
  for (const path of paths) {
    trace(pen, path);
    pen.stroke();
  }
}

function hullLines(pen: Pen, points: Outline, cockpit: number): void {
  pen.lineWidth = 1.7;
  trace(pen, points);
  pen.closePath();
  pen.stroke();
  pen.beginPath();
  pen.ellipse(cockpit - 4, 0, 3.4, 1.7, 0, 0, 2 * Math.PI);
  pen.fill();
}

/** A blurred outline, from a shadow whose object is out of sight. */
function soft(pen: Pen, points: Outline): void {
  pen.shadowColor = "#fff";
  pen.shadowOffsetX = 10_000;
  for (const [blur_units, width] of [[9, 3], [3.5, 1.6]] as const) {
    pen.shadowBlur = blur_units * DETAIL;
    pen.lineWidth = width;
    pen.save();
    pen.translate(-10_000 / DETAIL, 0);
    trace(pen, points);
    pen.closePath();
    pen.stroke();
    pen.restore();
  }
}

function disc(pen: Pen, radius: number, stops: readonly (readonly [number, number])[]): void {
  const gradient = pen.createRadialGradient(0, 0, 0, 0, 0, radius);
  for (const [at, alpha] of stops) gradient.addColorStop(at, `rgb(255 255 255 / ${alpha})`);
  pen.fillStyle = gradient;
  pen.fillRect(-radius, -radius, 2 * radius, 2 * radius);
}

/** A line along x, soft across and at its ends. */
function beam(pen: Pen, half_length: number, half_width: number): void {
  pen.scale(half_length / 30, half_width / 30);
  disc(pen, 29, [[0, 1], [0.2, 0.75], [0.5, 0.25], [1, 0]]);
}

/** Light that is the same all along x, and soft across. */
function band(pen: Pen): void {
  const gradient = pen.createLinearGradient(0, -29, 0, 29);
  for (const [at, alpha] of [[0, 0], [0.25, 0.12], [0.4, 0.42], [0.5, 0.9], [0.6, 0.42], [0.75, 0.12], [1, 0]] as const) {
    gradient.addColorStop(at, `rgb(255 255 255 / ${alpha})`);
  }
  pen.fillStyle = gradient;
  pen.fillRect(-20, -29, 40, 58);
}

/** Burns from the centre towards +x. */
function flame(pen: Pen): void {
  const gradient = pen.createLinearGradient(0, 0, 29, 0);
  for (const [at, alpha] of [[0, 0.95], [0.25, 0.6], [0.6, 0.2], [1, 0]] as const) {
    gradient.addColorStop(at, `rgb(255 255 255 / ${alpha})`);
  }
  pen.fillStyle = gradient;
  pen.filter = `blur(${DETAIL}px)`;
  pen.beginPath();
  pen.moveTo(0, -6);
  pen.quadraticCurveTo(13, -6, 29, 0);
  pen.quadraticCurveTo(13, 6, 0, 6);
  pen.fill();
}

function circle(pen: Pen, radius: number, strokes: readonly (readonly [number, number])[]): void {
  for (const [width, alpha] of strokes) {
    pen.globalAlpha = alpha;
    pen.lineWidth = width;
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function bubble(pen: Pen): void {
  disc(pen, 28, [[0, 0], [0.7, 0.03], [0.9, 0.22], [0.97, 0.45], [1, 0]]);
}

/** Four arcs around one's own ship. */
function beacon(pen: Pen): void {
  pen.lineWidth = 1.3;
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const middle = (quarter * Math.PI) / 2 + Math.PI / 4;
    pen.beginPath();
    pen.arc(0, 0, 27, middle - 0.38, middle + 0.38);
    pen.stroke();
  }
}

/** As large as the ring's circle. */
const BALL_UNITS = 26;

/** A pentagon in the middle, a spoke from each of its corners, and where the spokes end the sides of the next ones. */
function ballPanels(pen: Pen): void {
  const at = (reach: number, turn: number): readonly [number, number] => [reach * Math.cos(turn), reach * Math.sin(turn)];
  const corners = [0, 1, 2, 3, 4].map((corner) => (corner * 2 * Math.PI) / 5);
  pen.globalAlpha = 0.5;
  fill(pen, corners.map((turn) => at(9.5, turn)));
  pen.globalAlpha = 1;
  lines(pen, 1.3, [
    [...corners, 0].map((turn) => at(9.5, turn)),
    ...corners.map((turn) => [at(9.5, turn), at(17.5, turn)]),
    ...corners.flatMap((turn) => [-1, 1].map((side) => [at(17.5, turn), at(24.6, turn + side * 0.42)])),
  ]);
}

/** Light from the upper left. */
function ballShine(pen: Pen): void {
  const gradient = pen.createRadialGradient(-9, -10, 0, -9, -10, 30);
  for (const [stop, alpha] of [[0, 0.55], [0.35, 0.16], [1, 0]] as const) gradient.addColorStop(stop, `rgb(255 255 255 / ${alpha})`);
  pen.fillStyle = gradient;
  pen.beginPath();
  pen.arc(0, 0, BALL_UNITS, 0, 2 * Math.PI);
  pen.fill();
}

function crateLines(pen: Pen): void {
  const half = CRATE_SIZE / 2 - 1;
  pen.lineWidth = 1.6;
  pen.strokeRect(-half, -half, 2 * half, 2 * half);
  pen.lineWidth = 1;
  pen.globalAlpha = 0.55;
  pen.strokeRect(-half + 5, -half + 5, 2 * half - 10, 2 * half - 10);
  lines(pen, 1, [[[-half + 5, -half + 5], [half - 5, half - 5]], [[half - 5, -half + 5], [-half + 5, half - 5]]]);
}

function cracks(pen: Pen): void {
  lines(pen, 1.2, [
    [[-19, -6], [-8, -3], [-4, 6], [4, 8]],
    [[19, 9], [9, 5], [6, -4]],
    [[-2, -19], [1, -11], [8, -8]],
    [[-10, 19], [-6, 12]],
  ]);
}
