/** Draws what is selected, how it is being dragged, and where the others point, over the picture. */

import type { PlanPiece, Scene, Vec } from "@ricochet/sdk";
import { css, livery } from "../render/palette";
import type { Editor } from "./editor";
import { type Box, GRID_UNITS, boxOf, outlineOf } from "./geometry";
import type { Site } from "./site";

/** As the stage's camera. */
export interface Lens {
  readonly scale: number;
  readonly width_px: number;
  readonly height_px: number;
  toScreen(point: Vec): Vec;
}

const ACCENT = "#ffb347";
const HANDLE_PX = 7;
const HANDLE_AWAY_PX = 30;
const CORNER_PX = 5;
/** What is smaller has no handles at its corners. */
export const CORNERED_PX_MIN = 44;
/** Kinds that the picture doesn't show by itself. */
const UNSEEN: ReadonlySet<string> = new Set(["spawn", "goal"]);
const TEAMS = ["#9fb0d0", "#4fb4ff", "#ff6b2c", "#12c98f", "#f4e23c", "#e87fc0", "#6d7cff"];

type Pen = CanvasRenderingContext2D;

/** Where the corners of what is selected are, in CSS pixels; none where they would cover it, or the next piece is to be drawn. */
export function cornerHandles({ tool, box, corners }: Editor, lens: Lens, side_px_min = CORNERED_PX_MIN): Vec[] {
  const side = box ? Math.max(box.right - box.left, box.bottom - box.top) * lens.scale : 0;
  return tool !== "select" || side < side_px_min ? [] : corners.map(([x, y]) => lens.toScreen({ x, y }));
}

/** Where the handles are, in CSS pixels; null without a selection. */
export function handlesOf(box: Box | null, lens: Lens): { turn: Vec; scale: Vec } | null {
  if (!box) return null;
  const middle = lens.toScreen({ x: (box.left + box.right) / 2, y: box.top });
  const corner = lens.toScreen({ x: box.right, y: box.bottom });
  return { turn: { x: middle.x, y: middle.y - HANDLE_AWAY_PX }, scale: { x: corner.x + 10, y: corner.y + 10 } };
}

export function paint(pen: Pen, ratio: number, editor: Editor, site: Site, scene: Scene, lens: Lens): void {
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, lens.width_px, lens.height_px);
  const origin = lens.toScreen({ x: 0, y: 0 });
  pen.setTransform(ratio * lens.scale, 0, 0, ratio * lens.scale, ratio * origin.x, ratio * origin.y);
  const { plan } = site.draft;
  if (plan && lens.scale > 0.5) grid(pen, plan.size, lens);
  for (const piece of editor.pieces.values()) if (UNSEEN.has(piece.kind)) unseen(pen, piece, lens.scale);
  for (const pointer of site.pointers.values()) others(pen, pointer, editor, scene, lens);
  selection(pen, editor, lens);
  drag(pen, editor, lens);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  handles(pen, editor, lens);
  for (const pointer of site.pointers.values()) {
    const player = scene.players.get(pointer.player);
    cursor(pen, lens.toScreen(pointer), css(livery(player?.colour ?? 0).colour), player?.name ?? "");
  }
}

function grid(pen: Pen, { width, height }: { width: number; height: number }, lens: Lens): void {
  const step = GRID_UNITS * 4;
  const origin = lens.toScreen({ x: 0, y: 0 });
  const [left, top] = [Math.max(0, -origin.x / lens.scale), Math.max(0, -origin.y / lens.scale)];
  const right = Math.min(width, (lens.width_px - origin.x) / lens.scale);
  const bottom = Math.min(height, (lens.height_px - origin.y) / lens.scale);
  pen.beginPath();
  for (let x = Math.ceil(left / step) * step; x <= right; x += step) line(pen, x, top, x, bottom);
  for (let y = Math.ceil(top / step) * step; y <= bottom; y += step) line(pen, left, y, right, y);
  pen.lineWidth = 1 / lens.scale;
  pen.strokeStyle = "rgb(126 156 255 / 0.1)";
  pen.stroke();
}

function line(pen: Pen, ax: number, ay: number, bx: number, by: number): void {
  pen.moveTo(ax, ay);
  pen.lineTo(bx, by);
}

function unseen(pen: Pen, piece: PlanPiece, scale: number): void {
  const colour = piece.kind === "goal" ? (TEAMS[piece.team] ?? TEAMS[0]!) : "#53e6a5";
  trace(pen, piece, 0);
  pen.setLineDash([8 / scale, 6 / scale]);
  pen.lineWidth = 2 / scale;
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.12;
  pen.fillStyle = colour;
  pen.fill();
  pen.globalAlpha = 0.9;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  if (piece.kind !== "spawn") return;
  pen.beginPath();
  pen.moveTo(piece.x, piece.y);
  pen.lineTo(piece.x + 16 * Math.cos(piece.angle), piece.y + 16 * Math.sin(piece.angle));
  pen.stroke();
}

function others(pen: Pen, pointer: { player: number; selected: readonly number[]; dx: number; dy: number }, editor: Editor, scene: Scene, lens: Lens): void {
  const colour = css(livery(scene.players.get(pointer.player)?.colour ?? 0).colour);
  for (const id of pointer.selected) {
    const piece = editor.pieces.get(id);
    if (piece) outline(pen, { ...piece, x: piece.x + pointer.dx, y: piece.y + pointer.dy }, colour, lens.scale, pointer.dx !== 0 || pointer.dy !== 0);
  }
}

function selection(pen: Pen, editor: Editor, lens: Lens): void {
  const drags = editor.drag !== null && "chosen" in editor.drag;
  for (const piece of editor.preview) outline(pen, piece, ACCENT, lens.scale, drags);
  const box = boxOf(editor.preview.map((piece) => [0, piece]));
  if (!box) return;
  pen.setLineDash([5 / lens.scale, 5 / lens.scale]);
  pen.strokeStyle = "rgb(255 179 71 / 0.55)";
  pen.lineWidth = 1 / lens.scale;
  pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  pen.setLineDash([]);
}

function outline(pen: Pen, piece: PlanPiece, colour: string, scale: number, filled: boolean): void {
  trace(pen, piece, 4 / scale);
  pen.lineWidth = 2.5 / scale;
  pen.strokeStyle = colour;
  pen.stroke();
  if (!filled) return;
  pen.globalAlpha = 0.25;
  pen.fillStyle = colour;
  pen.fill();
  pen.globalAlpha = 1;
}

/** A path around a piece; walls as capsules around each of their parts. */
function trace(pen: Pen, piece: PlanPiece, out: number): void {
  const { points, closed, radius } = outlineOf(piece);
  pen.beginPath();
  if (points.length === 1) {
    pen.arc(points[0]![0], points[0]![1], radius + out, 0, 2 * Math.PI);
    return;
  }
  if (radius === 0) {
    points.forEach(([x, y], at) => (at === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    pen.closePath();
    return;
  }
  const ends = closed ? [...points, points[0]!] : points;
  ends.slice(1).forEach(([bx, by], at) => {
    const [ax, ay] = ends[at]!;
    const angle = Math.atan2(by - ay, bx - ax);
    pen.moveTo(ax + (radius + out) * Math.cos(angle + Math.PI / 2), ay + (radius + out) * Math.sin(angle + Math.PI / 2));
    pen.arc(ax, ay, radius + out, angle + Math.PI / 2, angle + 1.5 * Math.PI);
    pen.arc(bx, by, radius + out, angle - Math.PI / 2, angle + Math.PI / 2);
    pen.closePath();
  });
}

function drag(pen: Pen, { drag: now, tool }: Editor, lens: Lens): void {
  if (now?.what !== "frame" && now?.what !== "draw") return;
  const { from, to } = now;
  pen.strokeStyle = ACCENT;
  pen.lineWidth = 2 / lens.scale;
  if (now.what === "draw" && tool === "wall") {
    pen.lineCap = "round";
    pen.lineWidth = 32;
    pen.globalAlpha = 0.4;
    pen.beginPath();
    line(pen, from.x, from.y, to.x, to.y);
    pen.stroke();
    pen.globalAlpha = 1;
    return;
  }
  pen.strokeRect(Math.min(from.x, to.x), Math.min(from.y, to.y), Math.abs(to.x - from.x), Math.abs(to.y - from.y));
}

function handles(pen: Pen, editor: Editor, lens: Lens): void {
  const places = editor.drag ? null : handlesOf(editor.box, lens);
  if (!places) return;
  pen.fillStyle = "#0a1128";
  pen.strokeStyle = ACCENT;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(places.turn.x, places.turn.y, HANDLE_PX, 0, 2 * Math.PI);
  pen.rect(places.scale.x - HANDLE_PX, places.scale.y - HANDLE_PX, 2 * HANDLE_PX, 2 * HANDLE_PX);
  pen.fill();
  pen.stroke();
  pen.beginPath();
  line(pen, places.turn.x, places.turn.y + HANDLE_PX, places.turn.x, places.turn.y + HANDLE_AWAY_PX - 2);
  pen.stroke();
  cornerHandles(editor, lens).forEach((at, index) => corner(pen, at, index === editor.corner));
}

function corner(pen: Pen, { x, y }: Vec, in_hand: boolean): void {
  pen.beginPath();
  pen.arc(x, y, in_hand ? CORNER_PX + 2 : CORNER_PX, 0, 2 * Math.PI);
  pen.fillStyle = in_hand ? ACCENT : "#f4f7ff";
  pen.strokeStyle = "#0a1128";
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  if (!in_hand) return;
  pen.beginPath();
  pen.arc(x, y, CORNER_PX + 6, 0, 2 * Math.PI);
  pen.strokeStyle = ACCENT;
  pen.stroke();
}

function cursor(pen: Pen, { x, y }: Vec, colour: string, name: string): void {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + 4, y + 16);
  pen.lineTo(x + 8, y + 10);
  pen.lineTo(x + 15, y + 10);
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 1;
  pen.strokeStyle = "#05070f";
  pen.stroke();
  if (name === "") return;
  pen.font = '600 12px "Segoe UI", Inter, Roboto, "DejaVu Sans", system-ui, sans-serif';
  const width = pen.measureText(name).width + 10;
  pen.fillRect(x + 12, y + 14, width, 18);
  pen.fillStyle = "#05070f";
  pen.fillText(name, x + 17, y + 27);
}
