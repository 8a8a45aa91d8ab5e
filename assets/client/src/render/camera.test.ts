import { expect, test } from "vitest";

import { VIEW_REACH } from "@ricochet/sdk";
import { Camera, Shake, fitScale } from "./camera";

const SCREENS: readonly [number, number][] = [
  [1280, 720],
  [1920, 1080],
  [3440, 1440],
  [1024, 768],
  [390, 844],
  [844, 390],
  [768, 1024],
  [500, 500],
];

test("a desktop shows 1280 by 720 units", () => {
  expect(1280 / fitScale(1280, 720)).toBeCloseTo(1280);
  expect(1080 / fitScale(1920, 1080)).toBeCloseTo(720);
});

test("a phone held upright shows nearly 700 units of width", () => {
  expect(390 / fitScale(390, 844)).toBeGreaterThan(640);
});

test("no screen shows more than the server tells of", () => {
  for (const [width, height] of SCREENS) {
    const scale = fitScale(width, height);
    expect(Math.max(width, height) / scale).toBeLessThanOrEqual(2 * VIEW_REACH + 1e-6);
  }
});

test("the camera puts what it looks at in the middle", () => {
  const camera = new Camera();
  camera.resize(390, 844);
  camera.lookAt({ x: 100, y: -50 });
  expect(camera.toScreen({ x: 100, y: -50 })).toEqual({ x: 195, y: 422 });
});

test("the camera sees circles that reach into the picture, and only those", () => {
  const camera = new Camera();
  camera.resize(1280, 720);
  camera.lookAt({ x: 0, y: 0 });
  expect(camera.sees(650, 0, 16)).toBe(true);
  expect(camera.sees(660, 0, 16)).toBe(false);
  expect(camera.sees(0, -380, 16)).toBe(false);
});

test("shaking is bounded, and fades", () => {
  const shake = new Shake();
  shake.add(5);
  let reach = 0;
  for (let frame = 0; frame < 60; frame += 1) {
    const offset = shake.step(1 / 60);
    reach = Math.max(reach, Math.hypot(offset.x, offset.y));
  }
  expect(reach).toBeGreaterThan(2);
  expect(reach).toBeLessThan(26);
  const still = shake.step(1 / 60);
  expect(Math.hypot(still.x, still.y)).toBe(0);
});

test("who zooms out sees more, and a place on screen is the same place in the world", () => {
  const camera = new Camera();
  camera.resize(1280, 720);
  const before = camera.scale;
  camera.lookAt({ x: 500, y: 300 });
  camera.zoom = 0.5;
  expect(camera.scale).toBe(before / 2);
  camera.resize(1280, 720);
  expect(camera.scale).toBe(before / 2);
  expect(camera.toWorld(camera.toScreen({ x: 123, y: 456 }))).toEqual({ x: 123, y: 456 });
});
