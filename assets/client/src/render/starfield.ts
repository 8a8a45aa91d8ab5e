/**
 * The field behind the arena: haze, stars at three depths, and the floor's grid.
 *
 * Everything moves by a share of the camera's way; near things move more (parallax). Stars and grid are stamps, not
 * textures as large as the screen: those would be painted whole, and cost more than all else together where pixels are dear.
 */

import { VIEW_REACH } from "@ricochet/sdk";
import { Container, Mesh, MeshGeometry, Texture } from "pixi.js";

import type { Camera } from "./camera";
import type { Ink } from "./ink";

interface Star {
  x: number;
  y: number;
  size: number;
  colour: number;
  alpha: number;
  /** 0 = infinitely far, 1 = the arena's own floor. */
  depth: number;
}

/** Stars repeat after this many units: just more than anybody sees at once, so each is drawn once. */
const FIELD = 2 * VIEW_REACH + 32;
const SHEETS = [
  { count: 240, size: 4, alpha: 0.6, depth: 0.1 },
  { count: 110, size: 5.5, alpha: 0.75, depth: 0.25 },
  { count: 34, size: 8, alpha: 0.9, depth: 0.45 },
];
const TINTS = [0xbed2ff, 0xffffff, 0xffe8c8, 0xa0dcff];
const GRID = 128;
const GRID_COLOUR = 0x7896ff;
const HAZE_TILE = 256;
const HAZE_UNITS = 1400;
const HAZE_DEPTH = 0.06;

export class Starfield {
  readonly container = new Container();
  private readonly ink: Ink;
  private readonly hazeShape = new MeshGeometry({
    positions: new Float32Array([0, 0, 1, 0, 1, 1, 0, 1]),
    uvs: new Float32Array(8),
    indices: new Uint32Array([0, 1, 2, 0, 2, 3]),
  });
  private readonly haze = new Mesh({ geometry: this.hazeShape, texture: paintHaze() });
  private readonly stars = scatter();

  constructor(ink: Ink) {
    this.ink = ink;
    this.hazeShape.batchMode = "no-batch";
    this.container.addChild(this.haze, ink.container);
  }

  draw(camera: Camera): void {
    const { width_px, height_px, scale } = camera;
    this.ink.container.position.set(width_px / 2, height_px / 2);
    this.ink.container.scale.set(scale);
    this.drawHaze(camera);
    for (const star of this.stars) {
      const [x, y] = [around(star.x - camera.x * star.depth), around(star.y - camera.y * star.depth)];
      this.ink.stamp("core", x, y, 0, star.size, star.size, star.colour, star.alpha);
    }
    this.drawGrid(camera);
    this.ink.flush();
  }

  private drawHaze({ width_px, height_px, scale, x, y }: Camera): void {
    const [left, top] = [(x * HAZE_DEPTH) / HAZE_UNITS, (y * HAZE_DEPTH) / HAZE_UNITS];
    const right = left + width_px / scale / HAZE_UNITS;
    const bottom = top + height_px / scale / HAZE_UNITS;
    this.haze.scale.set(width_px, height_px);
    this.hazeShape.uvs.set([left, top, right, top, right, bottom, left, bottom]);
    this.hazeShape.getBuffer("aUV").update();
  }

  /** Faint lines on the floor: without them, drifting through emptiness looks like standing still. */
  private drawGrid({ x, y, width_px, height_px, scale }: Camera): void {
    const [half_width, half_height] = [width_px / 2 / scale, height_px / 2 / scale];
    const thin = 1 / scale;
    for (let at = nextLine(x - half_width) - x; at <= half_width; at += GRID) {
      this.ink.stamp("pixel", at, 0, 0, thin, 2 * half_height, GRID_COLOUR, 0.06);
    }
    for (let at = nextLine(y - half_height) - y; at <= half_height; at += GRID) {
      this.ink.stamp("pixel", 0, at, 0, 2 * half_width, thin, GRID_COLOUR, 0.06);
      for (let across = nextLine(x - half_width) - x; across <= half_width; across += GRID) {
        this.ink.stamp("pixel", across, at, 0, 2 * thin, 2 * thin, GRID_COLOUR, 0.4);
      }
    }
  }
}

function nextLine(from: number): number {
  return Math.ceil(from / GRID) * GRID;
}

/** Into the field around the middle of the screen. */
function around(at: number): number {
  return at - FIELD * Math.round(at / FIELD);
}

function scatter(): Star[] {
  const random = dice(7);
  return SHEETS.flatMap(({ count, size, alpha, depth }) =>
    Array.from({ length: count }, (_, index) => ({
      x: random() * FIELD,
      y: random() * FIELD,
      size: size * (0.5 + 0.5 * random()),
      colour: TINTS[index % TINTS.length] ?? 0xffffff,
      alpha: alpha * (0.35 + 0.65 * random()),
      depth,
    })),
  );
}

/** Colours of the deep: a few faint clouds, each drawn nine times, so that the tile joins itself. Small, since it is only blur. */
function paintHaze(): Texture {
  const random = dice(11);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = HAZE_TILE;
  const pen = canvas.getContext("2d");
  if (pen === null) return Texture.EMPTY;
  for (const colour of ["38 62 160", "74 40 140", "20 92 120", "30 44 130"]) {
    const [x, y, radius] = [random() * HAZE_TILE, random() * HAZE_TILE, HAZE_TILE * (0.26 + 0.24 * random())];
    for (const [dx, dy] of NINE) {
      const gradient = pen.createRadialGradient(x + dx, y + dy, 0, x + dx, y + dy, radius);
      gradient.addColorStop(0, `rgb(${colour} / 0.3)`);
      gradient.addColorStop(0.5, `rgb(${colour} / 0.1)`);
      gradient.addColorStop(1, `rgb(${colour} / 0)`);
      pen.fillStyle = gradient;
      pen.fillRect(0, 0, HAZE_TILE, HAZE_TILE);
    }
  }
  const texture = Texture.from(canvas);
  texture.source.style.addressMode = "repeat";
  return texture;
}

const NINE = [-HAZE_TILE, 0, HAZE_TILE].flatMap((dx) => [-HAZE_TILE, 0, HAZE_TILE].map((dy) => [dx, dy] as const));

/** The same stars every time (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
