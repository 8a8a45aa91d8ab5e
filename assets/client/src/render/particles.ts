/**
 * Sparks, smoke, debris and trails: short-lived points that know nothing but how to fade.
 *
 * One pool of bounded size for everything. When it is full the newcomers replace the others in turn, so that a crowded fight
 * loses tails of trails and not its newest explosion. Nothing is allocated after the pool has been made. Pure.
 */

export type ParticleShape = "glow" | "streak" | "ring" | "shard";

export interface Particle {
  shape: ParticleShape;
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** Share of its velocity it loses per second, as an exponent. */
  drag: number;
  angle: number;
  spin: number;
  age_s: number;
  life_s: number;
  /** Length and width in world units at birth; both go to `end` times that by the end of its life. */
  length: number;
  width: number;
  end: number;
  colour: number;
  alpha: number;
}

export const PARTICLES_MAX = 4096;

export class Particles {
  /** The living ones are the first `count`, in no particular order. */
  readonly pool: readonly Particle[];
  count = 0;
  private replaced = 0;

  constructor(capacity = PARTICLES_MAX) {
    this.pool = Array.from({ length: capacity }, blank);
  }

  /** A particle to fill in; every field has its neutral value. */
  spawn(): Particle {
    let index = this.count;
    if (index < this.pool.length) {
      this.count += 1;
    } else {
      index = this.replaced;
      this.replaced = (this.replaced + 1) % this.pool.length;
    }
    const particle = this.at(index);
    return Object.assign(particle, NEUTRAL);
  }

  step(dt_s: number): void {
    let index = 0;
    while (index < this.count) {
      const particle = this.at(index);
      particle.age_s += dt_s;
      if (particle.age_s >= particle.life_s) {
        this.bury(index);
        continue;
      }
      const kept = particle.drag === 0 ? 1 : Math.exp(-particle.drag * dt_s);
      particle.vx *= kept;
      particle.vy *= kept;
      particle.x += particle.vx * dt_s;
      particle.y += particle.vy * dt_s;
      particle.angle += particle.spin * dt_s;
      index += 1;
    }
  }

  clear(): void {
    this.count = 0;
  }

  at(index: number): Particle {
    const particle = this.pool[index];
    if (particle === undefined) throw new RangeError(`no particle ${index}`);
    return particle;
  }

  /** The last living one takes the place of the dead. */
  private bury(index: number): void {
    this.count -= 1;
    const pool = this.pool as Particle[];
    const dead = this.at(index);
    pool[index] = this.at(this.count);
    pool[this.count] = dead;
  }
}

const NEUTRAL: Readonly<Particle> = {
  shape: "glow", x: 0, y: 0, vx: 0, vy: 0, drag: 0, angle: 0, spin: 0, age_s: 0, life_s: 0.3,
  length: 8, width: 8, end: 1, colour: 0xffffff, alpha: 1,
};

function blank(): Particle {
  return { ...NEUTRAL };
}
