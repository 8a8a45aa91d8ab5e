/**
 * Behind the menu: a few shots that bounce off the edges of the window and heat up, which is the whole game in one picture.
 *
 * Still when less motion is asked for: then the paths are drawn as if a while had passed.
 */

import { css, shotColour } from "../render/palette";
import { element } from "../hud/dom";
import { calm } from "../settings";
import { type BackdropShot, flyShot, launch } from "./backdrop_shots";

const SHOTS = 5;
const COLOURS = [0x4fb4ff, 0x12c98f, 0xe87fc0, 0x6d7cff, 0x4fb4ff];
const STEP_S = 1 / 60;
const STILL_STEPS = 150;

export class Backdrop {
  readonly canvas = element("canvas", "backdrop");
  private readonly pen = this.canvas.getContext("2d");
  private shots: BackdropShot[] = [];
  private request = 0;
  private shown = false;
  private last_ms = 0;

  constructor() {
    this.canvas.setAttribute("aria-hidden", "true");
    window.addEventListener("resize", () => {
      if (this.shown) this.start();
    });
  }

  start(): void {
    this.stop();
    this.shown = true;
    const density = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = window.innerWidth * density;
    this.canvas.height = window.innerHeight * density;
    this.pen?.setTransform(density, 0, 0, density, 0, 0);
    this.shots = Array.from({ length: SHOTS }, (_, index) => launch(index, window.innerWidth, window.innerHeight));
    for (let step = 0; step < STILL_STEPS; step += 1) this.fly(STEP_S);
    this.draw();
    if (calm()) return;
    this.last_ms = performance.now();
    this.request = requestAnimationFrame((now_ms) => this.run(now_ms));
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.shown = false;
  }

  private run(now_ms: number): void {
    this.fly(Math.min(0.05, (now_ms - this.last_ms) / 1000));
    this.last_ms = now_ms;
    this.draw();
    this.request = requestAnimationFrame((next_ms) => this.run(next_ms));
  }

  private fly(dt_s: number): void {
    for (const shot of this.shots) flyShot(shot, dt_s, window.innerWidth, window.innerHeight);
  }

  private draw(): void {
    const { pen } = this;
    if (pen === null) return;
    pen.clearRect(0, 0, window.innerWidth, window.innerHeight);
    pen.globalCompositeOperation = "lighter";
    this.shots.forEach((shot, index) => drawShot(pen, shot, COLOURS[index % COLOURS.length] ?? 0xffffff));
  }
}

/** The path so far, fainter the older it is. */
function drawShot(pen: CanvasRenderingContext2D, shot: BackdropShot, colour: number): void {
  const { path } = shot;
  for (let index = 1; index < path.length; index += 1) {
    const [from, to] = [path[index - 1], path[index]];
    if (from === undefined || to === undefined) continue;
    const fresh = index / path.length;
    pen.strokeStyle = css(shotColour(colour, to.bounces));
    for (const [width, alpha] of [[14, 0.05], [6, 0.12], [1.8, 0.75]] as const) {
      pen.globalAlpha = alpha * fresh * fresh;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x, to.y);
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
  pen.fillStyle = "#fff";
  pen.beginPath();
  pen.arc(shot.x, shot.y, 3, 0, 2 * Math.PI);
  pen.fill();
}
