import { expect, test } from "vitest";

import { rimOf } from "./arrows";
import { Camera } from "./camera";

const camera = new Camera();
camera.resize(1280, 720);
camera.lookAt({ x: 1000, y: 500 });

test("what is in sight needs no arrow", () => {
  expect(rimOf({ x: 1100, y: 600 }, camera)).toBeNull();
  expect(rimOf({ x: 1000, y: 500 }, camera)).toBeNull();
});

test("an arrow lies on the way, within the picture", () => {
  for (const place of [{ x: 2300, y: 500 }, { x: 1000, y: 2000 }, { x: -400, y: -300 }]) {
    const rim = rimOf(place, camera)!;
    expect(camera.sees(rim.x, rim.y, 0)).toBe(true);
    expect(Math.atan2(place.y - 500, place.x - 1000)).toBeCloseTo(rim.angle);
    expect(Math.atan2(rim.y - 500, rim.x - 1000)).toBeCloseTo(rim.angle);
    expect(Math.hypot(rim.x - 1000, rim.y - 500)).toBeGreaterThan(200);
  }
});
