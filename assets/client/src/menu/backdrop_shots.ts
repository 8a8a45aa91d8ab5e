/**
 * The flight of the menu's shots in a box: straight, mirrored at the edges, remembering where they have been. Pure.
 */

export interface BackdropShot {
  x: number;
  y: number;
  vx: number;
  vy: number;
  bounces: number;
  path: { x: number; y: number; bounces: number }[];
}

const SPEED = 330;
const PATH_MAX = 110;
const BOUNCES_MAX = 3;
const EDGE = 14;

/** Spread over the box; each in another direction, none along an edge. */
export function launch(index: number, width: number, height: number): BackdropShot {
  const angle = 0.55 + index * 2.399;
  const [x, y] = [width * ((0.17 + 0.618 * index) % 1), height * ((0.31 + 0.377 * index) % 1)];
  return { x, y, vx: SPEED * Math.cos(angle), vy: SPEED * Math.sin(angle), bounces: 0, path: [] };
}

export function flyShot(shot: BackdropShot, dt_s: number, width: number, height: number): void {
  shot.x += shot.vx * dt_s;
  shot.y += shot.vy * dt_s;
  const sideways = turned(shot.x, shot.vx, width);
  const upright = turned(shot.y, shot.vy, height);
  if (sideways) shot.vx = -shot.vx;
  if (upright) shot.vy = -shot.vy;
  // After its last bounce it is a cool new shot: the picture never ends.
  if (sideways || upright) shot.bounces = (shot.bounces + 1) % (BOUNCES_MAX + 1);
  shot.path.push({ x: shot.x, y: shot.y, bounces: shot.bounces });
  if (shot.path.length > PATH_MAX) shot.path.shift();
}

/** Past an edge, and still on the way out. */
function turned(at: number, speed: number, size: number): boolean {
  return (at < EDGE && speed < 0) || (at > size - EDGE && speed > 0);
}
