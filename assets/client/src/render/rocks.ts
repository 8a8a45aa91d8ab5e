/**
 * Rocks: one drawn outline per shape of the arena, shared by all rocks of that shape.
 */

import type { Arena, Drawn, Point } from "@ricochet/sdk";
import { Container, Graphics, GraphicsContext } from "pixi.js";

import { ROCK } from "./palette";

export class Rocks {
  readonly container = new Container();
  private readonly shapes: readonly GraphicsContext[];
  private readonly shown = new Map<number, Graphics>();
  private readonly drawn = new Set<number>();

  constructor(arena: Arena) {
    this.shapes = arena.rocks.map(({ points }) => shape(points));
  }

  draw(rock: Drawn): void {
    let graphics = this.shown.get(rock.id);
    if (graphics === undefined) {
      const context = this.shapes[rock.variant];
      if (context === undefined) return;
      graphics = new Graphics(context);
      this.shown.set(rock.id, graphics);
      this.container.addChild(graphics);
    }
    graphics.position.set(rock.x, rock.y);
    graphics.rotation = rock.angle;
    this.drawn.add(rock.id);
  }

  /** Drops the rocks that were not drawn since the last flush. */
  flush(): void {
    for (const [id, graphics] of this.shown) {
      if (this.drawn.has(id)) continue;
      graphics.destroy();
      this.shown.delete(id);
    }
    this.drawn.clear();
  }

  destroy(): void {
    this.container.destroy({ children: true });
    for (const context of this.shapes) context.destroy();
  }
}

/** A dark body with a bright edge, and facets towards a point beside its middle, so that one sees it turn. */
function shape(points: readonly Point[]): GraphicsContext {
  const context = new GraphicsContext();
  const flat = points.flat();
  for (const [width, alpha] of [[26, 0.03], [18, 0.04], [11, 0.06], [6, 0.1]] as const) {
    context.poly(flat).stroke({ width, color: ROCK, alpha, join: "round" });
  }
  context.poly(flat).fill({ color: 0x10162e });
  const reach = Math.max(...points.map(([x, y]) => Math.hypot(x, y)));
  const [peak_x, peak_y] = [0.16 * reach, -0.12 * reach];
  points.forEach(([x, y], index) => {
    const [next_x, next_y] = points[(index + 1) % points.length] as Point;
    const share = 0.03 + 0.05 * (index % 3);
    context.poly([peak_x, peak_y, x, y, next_x, next_y]).fill({ color: ROCK, alpha: share });
  });
  for (const [x, y] of points) {
    context.moveTo(peak_x, peak_y).lineTo(x, y).stroke({ width: 1, color: ROCK, alpha: 0.22 });
  }
  return context.poly(flat).stroke({ width: 2.2, color: 0xa3afe0, join: "round" });
}
