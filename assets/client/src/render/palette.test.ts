import { expect, test } from "vitest";

import { BACKGROUND, LIVERY_COUNT, css, livery, mix, shotColour, hue, NOBODY } from "./palette";

const indices = Array.from({ length: LIVERY_COUNT }, (_, index) => index);

function channels(colour: number): [number, number, number] {
  return [(colour >> 16) & 0xff, (colour >> 8) & 0xff, colour & 0xff];
}

/** WCAG relative luminance. */
function luminance(colour: number): number {
  const [r, g, b] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Deuteranopia and protanopia after Viénot, Brettel and Mollon (1999), roughly: red and green become one channel. */
function withoutRedGreen(colour: number): [number, number] {
  const [r, g, b] = channels(colour);
  return [0.3 * r + 0.7 * g, b];
}

test("what games call a colour is one; what they don't know is nobody's", () => {
  expect(hue("sky")).toBe(livery(0).colour);
  expect(new Set(["sky", "vermilion", "green", "yellow", "pink", "indigo", "white", "grey"].map(hue)).size).toBe(8);
  expect(hue("mauve")).toBe(NOBODY.colour);
});

test("twelve players have twelve liveries", () => {
  expect(LIVERY_COUNT).toBe(12);
  expect(new Set(indices.map((index) => livery(index).colour)).size).toBe(12);
});

test("every livery stands out from the background", () => {
  for (const index of indices) {
    const contrast = (luminance(livery(index).colour) + 0.05) / (luminance(BACKGROUND) + 0.05);
    expect(contrast, livery(index).name).toBeGreaterThan(5);
  }
});

test("on one hull no two colours look alike to someone who doesn't see red from green", () => {
  for (const a of indices) {
    for (const b of indices.slice(a + 1)) {
      if (livery(a).hull !== livery(b).hull) continue;
      const [ay, ab] = withoutRedGreen(livery(a).colour);
      const [by, bb] = withoutRedGreen(livery(b).colour);
      expect(Math.hypot(ay - by, ab - bb), `${livery(a).name} and ${livery(b).name}`).toBeGreaterThan(20);
    }
  }
});

test("any index has a livery", () => {
  expect(livery(13)).toBe(livery(1));
  expect(livery(-1)).toBe(livery(11));
});

test("a shot has its owner's colour until it bounces, then one of heat", () => {
  expect(shotColour(0x123456, 0)).toBe(0x123456);
  expect(shotColour(0x123456, 1)).not.toBe(shotColour(0x123456, 2));
  expect(shotColour(0x123456, 9)).toBe(shotColour(0x123456, 3));
});

test("colours mix by channel and print as CSS", () => {
  expect(mix(0x000000, 0xff8040, 0.5)).toBe(0x804020);
  expect(mix(0x123456, 0xffffff, 0)).toBe(0x123456);
  expect(css(0x00ff07)).toBe("#00ff07");
});
