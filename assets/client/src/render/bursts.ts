/**
 * What effects look like: each one a handful of particles.
 *
 * `share` scales the counts (a player who asked for less motion gets few). Pure, given a source of random numbers.
 */

import type { Effect } from "./effects";
import { ACCENT, CRATE, PICKUPS, SHIELD, WHITE, mix, shotColour } from "./palette";
import type { Particle, Particles } from "./particles";

export interface BurstStyle {
  /** Of whoever the effect belongs to. */
  colour: number;
  /** 0..1: how many particles. */
  share: number;
  random: () => number;
}

const FULL_TURN = 2 * Math.PI;

export function burst(particles: Particles, effect: Effect, style: BurstStyle): void {
  switch (effect.name) {
    case "shot":
      flash(particles, effect, style.colour, 34, 0.07);
      break;
    case "bounce":
      bounce(particles, effect, style);
      break;
    case "spent":
      flash(particles, effect, shotColour(style.colour, effect.amount), 46, 0.12);
      sparks(particles, effect, style, 7, 190, shotColour(style.colour, effect.amount));
      break;
    case "explosion":
      explosion(particles, effect, style);
      break;
    case "hurt":
      sparks(particles, effect, style, 6 + 22 * effect.amount, 260, WHITE);
      break;
    case "shield_down":
      ring(particles, effect, SHIELD, 30, 2.4, 0.35);
      shards(particles, effect, style, 8, SHIELD);
      break;
    case "boost":
      ring(particles, effect, style.colour, 22, 2.6, 0.3);
      break;
    case "spawn":
      ring(particles, effect, style.colour, 130, 0.25, 0.4);
      ring(particles, effect, WHITE, 30, 2.6, 0.45);
      break;
    case "crate_hurt":
      sparks(particles, effect, style, 6, 170, CRATE);
      break;
    case "debris":
      shards(particles, effect, style, 16, CRATE);
      sparks(particles, effect, style, 14, 240, ACCENT);
      flash(particles, effect, CRATE, 120, 0.18);
      break;
    case "kick":
      ring(particles, effect, style.colour, 60, 1 + 1.2 * effect.amount, 0.25);
      sparks(particles, effect, style, 4 + 22 * effect.amount, 160 + 380 * effect.amount, style.colour);
      break;
    case "pulse":
      impact(particles, effect, style);
      break;
    case "pickup":
      ring(particles, effect, PICKUPS[effect.amount] ?? WHITE, 26, 2.8, 0.4);
      sparks(particles, effect, style, 12, 150, PICKUPS[effect.amount] ?? WHITE);
      break;
  }
}

/** Sparks leave along the shot's new way; hotter ones after every bounce. */
function bounce(particles: Particles, effect: Effect, style: BurstStyle): void {
  const colour = shotColour(style.colour, effect.amount);
  const along = Math.atan2(effect.vy, effect.vx);
  flash(particles, effect, colour, 54 + 14 * effect.amount, 0.12);
  const count = Math.ceil((6 + 4 * effect.amount) * style.share);
  for (let index = 0; index < count; index += 1) {
    spark(particles, effect, along + (style.random() - 0.5) * 2.2, 120 + 360 * style.random(), colour, style);
  }
}

/** Where a beam ends: sparks come back, more of them off a ship. */
function impact(particles: Particles, effect: Effect, style: BurstStyle): void {
  flash(particles, effect, mix(style.colour, WHITE, 0.6), 70 + 60 * effect.amount, 0.16);
  if (effect.amount > 0) ring(particles, effect, style.colour, 16, 3.4, 0.3);
  const count = Math.ceil((9 + 13 * effect.amount) * style.share);
  for (let index = 0; index < count; index += 1) {
    spark(particles, effect, effect.angle + Math.PI + (style.random() - 0.5) * 2.4, 140 + 340 * style.random(), mix(style.colour, WHITE, 0.4), style);
  }
}

function explosion(particles: Particles, effect: Effect, style: BurstStyle): void {
  flash(particles, effect, WHITE, 200, 0.16);
  flash(particles, effect, style.colour, 380, 0.42);
  ring(particles, effect, mix(style.colour, WHITE, 0.5), 20, 9, 0.55);
  ring(particles, effect, style.colour, 14, 6, 0.8);
  shards(particles, effect, style, 14, style.colour);
  sparks(particles, effect, style, 44, 520, mix(style.colour, WHITE, 0.35));
  sparks(particles, effect, style, 18, 260, ACCENT);
  const count = Math.ceil(10 * style.share);
  for (let index = 0; index < count; index += 1) {
    const ember = born(particles, effect, "glow");
    fling(ember, FULL_TURN * style.random(), 30 + 120 * style.random());
    ember.drag = 1.6;
    ember.life_s = 0.6 + 0.8 * style.random();
    ember.length = ember.width = 26 + 30 * style.random();
    ember.end = 0.3;
    ember.colour = style.colour;
    ember.alpha = 0.35;
  }
}

function sparks(
  particles: Particles, at: Effect, style: BurstStyle, count: number, speed: number, colour: number,
): void {
  for (let index = 0; index < Math.ceil(count * style.share); index += 1) {
    spark(particles, at, FULL_TURN * style.random(), speed * (0.25 + 0.75 * style.random()), colour, style);
  }
}

function spark(particles: Particles, at: Effect, angle: number, speed: number, colour: number, style: BurstStyle): void {
  const particle = born(particles, at, "streak");
  fling(particle, angle, speed);
  particle.drag = 3.5;
  particle.life_s = 0.2 + 0.35 * style.random();
  particle.length = 8 + speed / 18;
  particle.width = 3.4;
  particle.end = 0.15;
  particle.colour = colour;
}

function shards(particles: Particles, at: Effect, style: BurstStyle, count: number, colour: number): void {
  for (let index = 0; index < Math.ceil(count * style.share); index += 1) {
    const shard = born(particles, at, "shard");
    fling(shard, FULL_TURN * style.random(), 60 + 200 * style.random());
    shard.drag = 1.8;
    shard.spin = 14 * (style.random() - 0.5);
    shard.life_s = 0.5 + 0.7 * style.random();
    shard.length = 5 + 9 * style.random();
    shard.width = 3 + 5 * style.random();
    shard.end = 0.4;
    shard.colour = colour;
    shard.alpha = 0.8;
  }
}

function flash(particles: Particles, at: Effect, colour: number, size: number, life_s: number): void {
  const glow = born(particles, at, "glow");
  glow.vx = glow.vy = 0;
  glow.length = glow.width = size;
  glow.life_s = life_s;
  glow.end = 0.5;
  glow.colour = colour;
}

function ring(particles: Particles, at: Effect, colour: number, size: number, end: number, life_s: number): void {
  const wave = born(particles, at, "ring");
  wave.vx = wave.vy = 0;
  wave.length = wave.width = size;
  wave.end = end;
  wave.life_s = life_s;
  wave.colour = colour;
}

function born(particles: Particles, at: Effect, shape: Particle["shape"]): Particle {
  const particle = particles.spawn();
  particle.shape = shape;
  particle.x = at.x;
  particle.y = at.y;
  return particle;
}

/** Away along `angle`. */
function fling(particle: Particle, angle: number, speed: number): void {
  particle.angle = angle;
  particle.vx = speed * Math.cos(angle);
  particle.vy = speed * Math.sin(angle);
}
