/**
 * Every colour of the game, and which ship a player flies.
 *
 * Twelve players must be told apart by anyone: the first six have the hues of Okabe and Ito's colour-blind-safe set,
 * lifted for a dark background, on a dart-shaped hull; the other six have the same hues paler, on a hull of another shape.
 * Pure.
 */

export type Hull = "dart" | "fork";

export interface Livery {
  colour: number;
  hull: Hull;
  /** For people who ask which one is meant. */
  name: string;
}

const HUES = [
  { name: "sky", strong: 0x4fb4ff, pale: 0xc3e8ff },
  { name: "vermilion", strong: 0xff6b2c, pale: 0xffb08a },
  { name: "green", strong: 0x12c98f, pale: 0x8ff0cf },
  { name: "yellow", strong: 0xf4e23c, pale: 0xfff6a8 },
  { name: "pink", strong: 0xe87fc0, pale: 0xf9c6e4 },
  { name: "indigo", strong: 0x6d7cff, pale: 0x9da6ff },
] as const;

const LIVERIES: readonly Livery[] = [
  ...HUES.map((hue): Livery => ({ name: hue.name, colour: hue.strong, hull: "dart" })),
  ...HUES.map((hue): Livery => ({ name: `pale ${hue.name}`, colour: hue.pale, hull: "fork" })),
];

export const LIVERY_COUNT = LIVERIES.length;

/** The livery at a colour index; any integer will do, so that a newer server can't break us. */
export function livery(index: number): Livery {
  const wrapped = ((Math.trunc(index) % LIVERY_COUNT) + LIVERY_COUNT) % LIVERY_COUNT;
  return LIVERIES[wrapped] ?? NOBODY;
}

/** A hue by the name that games describe things with; one of a newer server is nobody's. */
export function hue(name: string): number {
  return HUES.find((one) => one.name === name)?.strong ?? (name === "white" ? PLAIN_WHITE : NOBODY.colour);
}

const PLAIN_WHITE = 0xf2f5ff;

export const NOBODY: Livery = { name: "nobody", colour: 0x9fb0d0, hull: "dart" };

export const BACKGROUND = 0x05070f;
export const ACCENT = 0xffb347;
export const WALL = 0x3f6bff;
export const WALL_CORE = 0xbfd2ff;
export const ROCK = 0x8e9bd0;
export const CRATE = 0xd8a25a;
export const SHIELD = 0x8be9ff;
export const WHITE = 0xffffff;
export const DANGER = 0xff5470;

/** By `variant`: repair, rapid fire, shield. */
export const PICKUPS: readonly number[] = [0x53e6a5, 0xffd24a, SHIELD];

/** The glow of a shot after 0, 1, 2 and 3 bounces; before the first it has its owner's colour. */
const HEAT: readonly number[] = [0xffffff, 0xffd24a, 0xff8a2a, 0xff4a5e];

export function shotColour(owner: number, bounces: number): number {
  return bounces <= 0 ? owner : (HEAT[Math.min(bounces, HEAT.length - 1)] ?? owner);
}

export function css(colour: number): string {
  return `#${colour.toString(16).padStart(6, "0")}`;
}

/** `from` at 0, `to` at 1, each channel by itself. */
export function mix(from: number, to: number, share: number): number {
  const channel = (shift: number): number => {
    const a = (from >> shift) & 0xff;
    const b = (to >> shift) & 0xff;
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
