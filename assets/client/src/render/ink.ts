/**
 * A layer to stamp pictures on, drawn afresh each render frame.
 *
 * `stamp(…)` what there is, then `flush()`: nothing has to be created, kept or removed as entities come and go. The
 * objects beneath are reused, so a steady scene allocates nothing, and the layer is one draw call.
 */

import { Particle as PixiParticle, ParticleContainer } from "pixi.js";

import type { Atlas, StampName } from "./atlas";

export class Ink {
  readonly container: ParticleContainer;
  private readonly atlas: Atlas;
  private readonly pool: PixiParticle[] = [];
  private used = 0;

  constructor(atlas: Atlas, blendMode: "normal" | "add") {
    this.atlas = atlas;
    this.container = new ParticleContainer({
      texture: atlas.glow.texture,
      blendMode,
      dynamicProperties: { vertex: true, position: true, rotation: true, uvs: true, color: true },
    });
  }

  /** Stamps a picture around (x, y), `length` × `width` world units along and across `angle`. */
  stamp(
    name: StampName, x: number, y: number, angle: number, length: number, width: number, colour: number, alpha: number,
  ): void {
    const { texture } = this.atlas[name];
    let particle = this.pool[this.used];
    if (particle === undefined) {
      particle = new PixiParticle({ texture, anchorX: 0.5, anchorY: 0.5 });
      this.pool.push(particle);
    }
    this.used += 1;
    particle.texture = texture;
    particle.x = x;
    particle.y = y;
    particle.rotation = angle;
    particle.scaleX = length / texture.frame.width;
    particle.scaleY = width / texture.frame.height;
    particle.color = bgr(colour) | (Math.min(255, Math.max(0, alpha * 255)) << 24);
  }

  /** The same, at the size that it was drawn at in the atlas, times `scale`. */
  stampWhole(name: StampName, x: number, y: number, angle: number, scale: number, colour: number, alpha: number): void {
    const size = this.atlas[name].units * scale;
    this.stamp(name, x, y, angle, size, size, colour, alpha);
  }

  /** Shows what was stamped since the last flush, and nothing else. */
  flush(): void {
    const shown = this.container.particleChildren;
    shown.length = this.used;
    for (let index = 0; index < this.used; index += 1) shown[index] = this.pool[index] as PixiParticle;
    this.container.update();
    this.used = 0;
  }
}

/** Vertex colours are little-endian RGBA. */
function bgr(colour: number): number {
  return ((colour & 0xff) << 16) | (colour & 0xff00) | ((colour >> 16) & 0xff);
}
