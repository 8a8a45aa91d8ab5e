/**
 * A small picture over the large one, in the same canvas: a pane with a camera of its own, cut off at its edges.
 *
 * Whoever shows it says where it is to be, in CSS pixels of the canvas, and frames it. While it is hidden it costs nothing.
 */

import { Container, Graphics } from "pixi.js";

import type { Atlas } from "./atlas";
import { BACKGROUND } from "./palette";
import { Pane } from "./pane";

const NAME_PX_MIN = 10;

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Inset {
  readonly container = new Container();
  readonly pane: Pane;
  private readonly edge = new Graphics();
  private readonly floor = new Graphics();
  private width = 0;
  private height = 0;

  constructor(atlas: Atlas) {
    this.pane = new Pane(atlas, NAME_PX_MIN);
    this.container.addChild(this.floor, this.pane.container, this.edge);
    this.container.mask = this.edge;
    this.container.visible = false;
  }

  get shown(): boolean {
    return this.container.visible;
  }

  hide(): void {
    this.container.visible = false;
  }

  /** Shows it there. */
  place({ left, top, width, height }: Rect): void {
    this.container.visible = width > 0 && height > 0;
    this.container.position.set(left, top);
    if (width === this.width && height === this.height) return;
    [this.width, this.height] = [width, height];
    this.floor.clear().rect(0, 0, width, height).fill({ color: BACKGROUND });
    this.edge.clear().rect(0, 0, width, height).fill({ color: BACKGROUND });
    this.pane.camera.resize(width, height);
  }
}
