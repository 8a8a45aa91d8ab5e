/**
 * One picture of the arena: what a scene shows, seen by a camera of its own. The stage has one that fills the canvas. Read `draw` first.
 *
 * From the bottom: stars · walls · light beneath · rocks · hulls · light above · names. Whatever moves is stamped
 * afresh each time (`Ink`); only rocks and names are objects that stay.
 */

import { type Arena, type Description, type Drawn, type Scene, type Vec, NOTHING } from "@ricochet/sdk";
import { Container } from "pixi.js";

import { drawArena, eraseArena } from "./arena_view";
import { drawArrows } from "./arrows";
import type { Atlas } from "./atlas";
import { Beams } from "./beams";
import { burst } from "./bursts";
import { Camera, Shake } from "./camera";
import { type Effect, EffectReader } from "./effects";
import { Ink } from "./ink";
import { type Drawing, type Layers, liveryOf, paintOf } from "./layers";
import { Labels } from "./labels";
import { WHITE } from "./palette";
import { Particles } from "./particles";
import { drawBall, drawCrate, drawOrb, drawPickup, drawShot, drawZone } from "./props";
import { Rocks } from "./rocks";
import { drawShip } from "./ships";
import { Starfield } from "./starfield";
import { Trails } from "./trails";

/** How far outside the picture something still throws light into it. */
const GLOW_REACH = 130;

/** By style; what isn't here is not drawn, but rocks, which are objects that stay. */
const DRAW: Readonly<Record<string, (entity: Drawn, drawing: Drawing) => void>> = {
  ship: drawShip, shot: drawShot, crate: drawCrate, pickup: drawPickup, ball: drawBall, orb: drawOrb, zone: drawZone,
};

export class Pane {
  readonly camera = new Camera();
  readonly container = new Container();
  private readonly starfield: Starfield;
  private readonly world = new Container();
  private readonly walls = new Container();
  private drawn: Container | null = null;
  private readonly labels: Labels;
  private readonly layers: Layers;
  private readonly particles = new Particles();
  private readonly trails = new Trails();
  private readonly beams = new Beams();
  /** What was told since the last picture, and is no change of anything that is drawn. */
  private told: Effect[] = [];
  private readonly effects = new EffectReader();
  private readonly shake = new Shake();
  private readonly stones = new Container();
  private rocks: Rocks | null = null;
  private arena: Arena | null = null;
  private description: Description = NOTHING;

  /** Names are written so many pixels high at least, however little of a pixel a unit is. */
  constructor(atlas: Atlas, name_px_min = 0) {
    this.labels = new Labels(name_px_min);
    this.layers = { under: new Ink(atlas, "add"), solid: new Ink(atlas, "normal"), over: new Ink(atlas, "add") };
    this.starfield = new Starfield(new Ink(atlas, "add"));
    const { under, solid, over } = this.layers;
    this.world.addChild(this.walls, under.container, this.stones, solid.container, over.container, this.labels.container);
    this.container.addChild(this.starfield.container, this.world);
  }

  /** Other walls and other rocks; whatever else there is goes on. */
  rearrange(arena: Arena): void {
    this.arena = arena;
    if (this.drawn) eraseArena(this.drawn);
    this.drawn = drawArena(arena, this.description);
    this.walls.addChild(this.drawn);
    this.rocks?.destroy();
    this.rocks = new Rocks(arena);
    this.stones.addChild(this.rocks.container);
  }

  /** Another room, or another time in the same one: then its walls stay as they are, for drawing them takes long. */
  enter(arena: Arena, description: Description): void {
    const is_other = arena !== this.arena || description !== this.description;
    this.description = description;
    if (is_other) this.rearrange(arena);
    this.effects.forget();
    this.trails.clear();
    this.particles.clear();
    this.beams.clear();
    this.told = [];
  }

  /** A pulse was let go: the beam appears with the next picture. */
  pulse(from: Vec, to: Vec, owner: number, hit: boolean, scene: Scene): void {
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    this.beams.add(from, to, liveryOf(scene, owner).colour);
    this.told.push({ name: "pulse", ...to, vx: 0, vy: 0, angle, owner, mine: owner === scene.me_id, amount: hit ? 1 : 0 });
  }

  /**
   * Lays the scene out; returns what happened since the last one, for whoever wants to be heard. `around`: the middle of what the
   * server tells of, wherever the camera looks.
   */
  draw(scene: Scene, dt_s: number, calm: boolean, around: Vec = scene.camera): readonly Effect[] {
    this.aimCamera(scene, dt_s, calm);
    const drawing: Drawing = { scene, camera: this.camera, layers: this.layers, particles: this.particles, dt_s, calm };
    const effects = [...this.effects.read(scene, around), ...this.told];
    this.told = [];
    for (const effect of effects) this.burst(effect, drawing);
    for (const entity of scene.entities) this.drawEntity(entity, drawing);
    this.drawAim(scene);
    drawArrows(drawing);
    this.beams.draw(this.layers.over, dt_s, calm);
    this.drawParticles(dt_s);
    this.flush();
    return effects;
  }

  /** 0..1: how hard the player was hit. */
  jolt(strength: number): void {
    this.shake.add(strength);
  }

  private aimCamera(scene: Scene, dt_s: number, calm: boolean): void {
    const shake: Vec = this.shake.step(dt_s);
    const share = calm ? 0 : 1;
    this.camera.lookAt({ x: scene.camera.x + share * shake.x, y: scene.camera.y + share * shake.y });
    this.starfield.draw(this.camera);
    const origin = this.camera.toScreen({ x: 0, y: 0 });
    this.world.position.set(origin.x, origin.y);
    this.world.scale.set(this.camera.scale);
  }

  private burst(effect: Effect, { scene, calm }: Drawing): void {
    const colour = effect.name === "kick" ? WHITE : liveryOf(scene, effect.owner).colour;
    burst(this.particles, effect, { colour, share: calm ? 0.3 : 1, random: Math.random });
  }

  private drawEntity(entity: Drawn, drawing: Drawing): void {
    const { scene } = drawing;
    if (!this.camera.sees(entity.x, entity.y, GLOW_REACH)) return;
    if (entity.kind === "shot" || (entity.kind === "ship" && !drawing.calm)) {
      this.trails.leave(entity, paintOf(scene, entity).colour, this.particles);
    }
    if (entity.kind === "rock") this.rocks?.draw(entity);
    else DRAW[entity.kind]?.(entity, drawing);
    const name = entity.kind === "ship" && !entity.mine ? (scene.players.get(entity.owner)?.name ?? "") : entity.label;
    if (name !== "") this.labels.draw(entity, name, paintOf(scene, entity).colour, this.camera.scale);
  }

  /** Dots that run from the nose into the distance, each fainter than the last. */
  private drawAim({ me, aim }: Scene): void {
    if (me === null) return;
    const [dx, dy] = [Math.cos(aim), Math.sin(aim)];
    for (let dot = 0; dot < 14; dot += 1) {
      const away = 46 + 18 * dot;
      this.layers.over.stamp("core", me.x + dx * away, me.y + dy * away, aim, 7, 4, WHITE, 0.42 * (1 - dot / 14));
    }
  }

  private drawParticles(dt_s: number): void {
    const { particles, layers } = this;
    particles.step(dt_s);
    for (let index = 0; index < particles.count; index += 1) {
      const { shape, x, y, angle, age_s, life_s, length, width, end, colour, alpha } = particles.at(index);
      const share = age_s / life_s;
      const size = 1 + (end - 1) * share;
      layers.over.stamp(shape, x, y, angle, length * size, width * size, colour, alpha * (1 - share) * (1 - share * 0.4));
    }
  }

  private flush(): void {
    this.layers.under.flush();
    this.layers.solid.flush();
    this.layers.over.flush();
    this.rocks?.flush();
    this.labels.flush();
    this.trails.forgetGone();
  }
}
