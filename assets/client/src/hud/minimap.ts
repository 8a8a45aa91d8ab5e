/**
 * The arena in a corner: walls once, then me, whoever is in view and the edge of what I see.
 *
 * A large arena is shown in part, around the ship: ships would be specks otherwise.
 */

import type { Arena, Drawn, Point, Scene } from "@ricochet/sdk";
import { paintOf, teamColour } from "../render/layers";
import { ACCENT, css } from "../render/palette";
import { element } from "./dom";

const SIZE_PX = 168;
/** At most this much of the world from side to side. */
const SPAN_UNITS = 3600;

type Pen = CanvasRenderingContext2D;

export class Minimap {
  readonly root = element("canvas", "minimap");
  private readonly pen: Pen | null;
  private walls: Path2D | null = null;
  private arena: Arena | null = null;

  constructor() {
    this.root.width = this.root.height = SIZE_PX * 2;
    this.root.setAttribute("role", "img");
    this.root.setAttribute("aria-label", "Map of the arena");
    this.pen = this.root.getContext("2d");
  }

  enter(arena: Arena): void {
    this.arena = arena;
    this.walls = new Path2D();
    this.walls.rect(0, 0, arena.size.width, arena.size.height);
    for (const { points, closed } of arena.walls) trace(this.walls, points, closed);
    for (const { points } of arena.blocks) trace(this.walls, points, true);
  }

  draw(scene: Scene): void {
    const { pen, arena, walls } = this;
    if (pen === null || arena === null || walls === null) return;
    const { width, height } = arena.size;
    const span = Math.min(SPAN_UNITS, Math.max(width, height));
    const scale = this.root.width / span;
    const left = within(scene.camera.x - span / 2, width - span);
    const top = within(scene.camera.y - span / 2, height - span);

    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.root.width, this.root.height);
    pen.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    for (const goal of arena.goals ?? []) {
      pen.fillStyle = css(teamColour(scene.description, goal.team));
      pen.fillRect(goal.x - goal.width / 2, goal.y - goal.height / 2, goal.width, goal.height);
    }
    pen.lineWidth = 2.2 / scale;
    pen.strokeStyle = "rgb(126 156 255 / 0.75)";
    pen.stroke(walls);
    for (const entity of scene.entities) drawEntity(pen, entity, scene, scale);
    if (scene.me !== null) drawMe(pen, scene.me, scale);
  }
}

function drawEntity(pen: Pen, entity: Drawn, scene: Scene, scale: number): void {
  const { kind, x, y } = entity;
  if (entity.mine && kind === "ship") return;
  if (kind === "ship") {
    pen.fillStyle = css(paintOf(scene, entity).colour);
    dot(pen, x, y, 5 / scale);
  } else if (kind === "rock") {
    pen.fillStyle = "rgb(142 155 208 / 0.4)";
    dot(pen, x, y, 5 / scale);
  } else if (kind === "pickup") {
    pen.fillStyle = "rgb(255 255 255 / 0.85)";
    pen.fillRect(x - 3 / scale, y - 3 / scale, 6 / scale, 6 / scale);
  } else if (kind === "ball" || kind === "orb") {
    pen.fillStyle = css(paintOf(scene, entity).colour);
    dot(pen, x, y, 7 / scale);
  } else if (kind === "zone") {
    pen.strokeStyle = css(paintOf(scene, entity).colour);
    pen.beginPath();
    pen.arc(x, y, entity.radius, 0, 2 * Math.PI);
    pen.stroke();
  }
}

/** An arrow, which no other ship is. */
function drawMe(pen: Pen, me: Drawn, scale: number): void {
  const reach = 10 / scale;
  pen.fillStyle = css(ACCENT);
  pen.beginPath();
  for (const [turn, share] of [[0, 1.25], [2.5, 0.9], [Math.PI, 0.35], [-2.5, 0.9]] as const) {
    pen.lineTo(me.x + share * reach * Math.cos(me.angle + turn), me.y + share * reach * Math.sin(me.angle + turn));
  }
  pen.fill();
}

function dot(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function trace(path: Path2D, points: readonly Point[], closed: boolean): void {
  points.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  if (closed) path.closePath();
}

/** Not beyond either edge; in the middle where there is room to spare. */
function within(start: number, spare: number): number {
  return spare < 0 ? spare / 2 : Math.min(spare, Math.max(0, start));
}
