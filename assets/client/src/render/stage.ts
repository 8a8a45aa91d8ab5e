/**
 * The picture: owns the canvas and draws one scene per render frame, as a pane that fills it; and perhaps another one, in an inset.
 */

import type { Arena, Description, Scene, Vec } from "@ricochet/sdk";
import "pixi.js/unsafe-eval"; // lets the page forbid eval() in its content security policy
import { Application } from "pixi.js";

import { type Atlas, bakeAtlas } from "./atlas";
import type { Camera } from "./camera";
import type { Effect } from "./effects";
import { Inset } from "./inset";
import { BACKGROUND } from "./palette";
import { Pace } from "./pace";
import { Pane } from "./pane";

const PIXEL_RATIO_MAX = 2;
/** For the player, for as long as a picture is `lost`. */
export const PICTURE_LOST = "The graphics card has taken the picture away. If it isn't back in a moment, load the page again.";

export class Stage {
  private readonly app: Application;
  private readonly atlas: Atlas;
  private readonly pane: Pane;
  private readonly pace = new Pace();
  private opened: Inset | null = null;
  /** There is nothing to be seen: the graphics card was reset, and the browser hasn't given the canvas back yet. */
  lost = false;

  static async open(parent: HTMLElement): Promise<Stage> {
    const app = new Application();
    await app.init({
      preference: ["webgl"], // alone: what the others draw is slow, or wrong
      background: BACKGROUND,
      antialias: hasGraphicsHardware(),
      autoDensity: true,
      autoStart: false,
      sharedTicker: false,
      resolution: pixelRatio(),
      resizeTo: parent,
    });
    parent.append(app.canvas);
    return new Stage(app);
  }

  private constructor(app: Application) {
    this.app = app;
    this.atlas = bakeAtlas();
    this.pane = new Pane(this.atlas);
    this.app.stage.addChild(this.pane.container);
    this.app.stage.eventMode = "none";
    this.app.renderer.on("resize", () => this.resize());
    this.app.canvas.addEventListener("webglcontextlost", () => (this.lost = true));
    this.app.canvas.addEventListener("webglcontextrestored", () => (this.lost = false));
    this.resize();
  }

  get camera(): Camera {
    return this.pane.camera;
  }

  /** A second picture over the first, made when somebody first asks for it. What is laid out in it is drawn with the next `draw`. */
  get inset(): Inset {
    if (this.opened === null) {
      this.opened = new Inset(this.atlas);
      this.app.stage.addChild(this.opened.container);
    }
    return this.opened;
  }

  rearrange(arena: Arena): void {
    this.pane.rearrange(arena);
  }

  enter(arena: Arena, description: Description): void {
    this.pane.enter(arena, description);
  }

  /** A pulse was let go: the beam appears with the next picture. */
  pulse(from: Vec, to: Vec, owner: number, hit: boolean, scene: Scene): void {
    this.pane.pulse(from, to, owner, hit, scene);
  }

  /** Draws the scene; returns what happened since the last one, for whoever wants to be heard. */
  draw(scene: Scene, dt_s: number, calm: boolean): readonly Effect[] {
    this.keepPace(1000 * dt_s);
    const effects = this.pane.draw(scene, dt_s, calm);
    this.app.render();
    return effects;
  }

  /** 0..1: how hard the player was hit. */
  jolt(strength: number): void {
    this.pane.jolt(strength);
  }

  private resize(): void {
    const { width, height } = this.app.screen;
    this.camera.resize(width, height);
  }

  /** As fine as the machine can, on the screen where the window is now: it may be moved to another, and the page be zoomed. */
  private keepPace(interval_ms: number): void {
    this.pace.note(interval_ms);
    const resolution = pixelRatio() * this.pace.share;
    const { width, height } = this.app.screen;
    if (this.app.renderer.resolution !== resolution) this.app.renderer.resize(width, height, resolution);
  }
}

function pixelRatio(): number {
  return Math.min(window.devicePixelRatio || 1, PIXEL_RATIO_MAX);
}

/** Where there is none, nothing can be drawn. */
export function hasWebGL(): boolean {
  const probe = document.createElement("canvas");
  return (probe.getContext("webgl2") ?? probe.getContext("webgl")) !== null;
}

/** False where a program plays the graphics card (SwiftShader, llvmpipe): smooth edges would cost it most of its time. */
function hasGraphicsHardware(): boolean {
  const probe = document.createElement("canvas").getContext("webgl");
  const info = probe?.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = info ? probe?.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  return !/swiftshader|llvmpipe|software/iu.test(String(name));
}
