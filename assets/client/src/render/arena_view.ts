/**
 * The arena's border, walls and blocks as glowing lines: built once per arena, never touched again.
 *
 * A wall is drawn as what it is to the physics, a line of some thickness with round ends: a dark core with a bright rim.
 * Its glow is many faint wide strokes, which join without knots where blurred pictures would overlap.
 */

import { type Arena, type Description, type Point, VIEW_REACH } from "@ricochet/sdk";
import { Container, Graphics } from "pixi.js";

import { teamColour } from "./layers";
import { WALL, WALL_CORE } from "./palette";

/** Width beyond the rim in units, and strength. */
const GLOW: readonly (readonly [number, number])[] = [
  [52, 0.025], [36, 0.03], [24, 0.04], [15, 0.05], [8, 0.08], [4, 0.12],
];
const RIM = 2.6;
const CORE = 0x0a1233;
const BLOCK_FILL = 0x090f2a;
const OUTSIDE = 0x02030a;
/** Lines beyond the border, as if it rang: distance in units, and strength. */
const ECHOES: readonly (readonly [number, number])[] = [[14, 0.3], [34, 0.17], [62, 0.1], [100, 0.06], [150, 0.035]];

interface Line {
  points: readonly Point[];
  closed: boolean;
  radius: number;
}

export function drawArena(arena: Arena, description: Description): Container {
  const container = new Container();
  const walls: Line[] = arena.walls.map(({ points, closed, radius }) => ({ points, closed, radius }));
  const blocks: Line[] = arena.blocks.map(({ points }) => ({ points, closed: true, radius: 0 }));
  const floor = new Graphics({ blendMode: "add" });
  for (const goal of arena.goals ?? []) drawGoal(floor, goal, teamColour(description, goal.team));
  const glow = new Graphics({ blendMode: "add" });
  for (const line of [border(arena, 0), ...walls, ...blocks]) glowAround(glow, line);
  const solid = new Graphics();
  outside(solid, arena);
  for (const block of blocks) fillBlock(solid, block);
  for (const wall of walls) tube(solid, wall);
  container.addChild(floor, glow, solid);
  return container;
}

/** What `drawArena` made is gone, with the geometry that a graphics card has of it. */
export function eraseArena(drawn: Container): void {
  drawn.destroy({ children: true, context: true });
}

type Goal = NonNullable<Arena["goals"]>[number];

/** A net in the colour of the team that guards it. */
function drawGoal(graphics: Graphics, { x, y, width, height }: Goal, color: number): void {
  const [left, top] = [x - width / 2, y - height / 2];
  graphics.rect(left, top, width, height).fill({ color, alpha: 0.2 });
  for (let across = NET / 2; across < width; across += NET) {
    graphics.moveTo(left + across, top).lineTo(left + across, top + height).stroke({ width: 2.2, color, alpha: 0.45 });
  }
  for (let down = NET / 2; down < height; down += NET) {
    graphics.moveTo(left, top + down).lineTo(left + width, top + down).stroke({ width: 2.2, color, alpha: 0.45 });
  }
  for (const [reach, alpha] of [[22, 0.06], [10, 0.12], [3.5, 0.9]] as const) {
    graphics.rect(left, top, width, height).stroke({ width: reach, color, alpha });
  }
}

const NET = 24;

function glowAround(graphics: Graphics, line: Line): void {
  for (const [reach, alpha] of GLOW) {
    trace(graphics, line);
    graphics.stroke({ width: 2 * line.radius + reach, color: WALL, alpha, join: "round", cap: "round" });
  }
}

/** A rectangle so far outside the arena, or right around it. */
function border({ size: { width, height } }: Arena, out: number): Line {
  const points: Point[] = [[-out, -out], [width + out, -out], [width + out, height + out], [-out, height + out]];
  return { points, closed: true, radius: 0 };
}

/** Nothing is out there: no stars, no floor, only the border's echoes. */
function outside(graphics: Graphics, arena: Arena): void {
  trace(graphics, border(arena, VIEW_REACH / 2));
  graphics.stroke({ width: VIEW_REACH, color: OUTSIDE, join: "miter" });
  for (const [out, alpha] of ECHOES) {
    trace(graphics, border(arena, out));
    graphics.stroke({ width: 1.5, color: WALL, alpha, join: "miter" });
  }
  trace(graphics, border(arena, RIM / 2));
  graphics.stroke({ width: RIM, color: WALL_CORE, join: "miter" });
}

function tube(graphics: Graphics, line: Line): void {
  const round = { join: "round", cap: "round" } as const;
  trace(graphics, line);
  graphics.stroke({ width: 2 * line.radius + RIM, color: WALL_CORE, ...round });
  const inside = 2 * line.radius - RIM;
  if (inside <= 0) return;
  trace(graphics, line);
  graphics.stroke({ width: inside, color: CORE, ...round });
}

function fillBlock(graphics: Graphics, line: Line): void {
  trace(graphics, line);
  graphics.fill({ color: BLOCK_FILL });
  for (const [inset, alpha] of [[0.86, 0.22], [0.72, 0.12]] as const) {
    trace(graphics, { ...line, points: shrunk(line.points, inset) });
    graphics.stroke({ width: 1, color: WALL_CORE, alpha, join: "round" });
  }
  trace(graphics, line);
  graphics.stroke({ width: RIM, color: WALL_CORE, join: "round" });
}

function trace(graphics: Graphics, line: Line): void {
  line.points.forEach(([x, y], index) => {
    if (index === 0) graphics.moveTo(x, y);
    else graphics.lineTo(x, y);
  });
  if (line.closed) graphics.closePath();
}

/** Towards the middle of the corners, which a convex block contains. */
function shrunk(points: readonly Point[], share: number): readonly Point[] {
  const middle_x = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const middle_y = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  return points.map(([x, y]) => [middle_x + (x - middle_x) * share, middle_y + (y - middle_y) * share] as const);
}
