/**
 * A rating's way from match to match: where its points and its lines are. Pure; `person_page` draws it.
 */

export interface Chart {
  width: number;
  height: number;
  /** The line, for a path's `d`; "" when there is nothing to draw. */
  line: string;
  /** The same, closed along the floor. */
  area: string;
  dots: { x: number; y: number; points: number }[];
  /** Horizontal lines at round numbers. */
  levels: { y: number; points: number }[];
}

const EDGE = { left: 44, right: 14, top: 12, bottom: 10 };
const LEVELS_MAX = 4;
const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000];

/** `points` from the oldest to the newest. */
export function chartOf(points: readonly number[], width: number, height: number): Chart {
  const floor = height - EDGE.bottom;
  const { low, high, step } = range(points);
  const across = (width - EDGE.left - EDGE.right) / Math.max(1, points.length - 1);
  const y = (value: number) => round(floor - ((value - low) / (high - low)) * (floor - EDGE.top));
  const dots = points.map((value, match) => ({ x: round(EDGE.left + match * across), y: y(value), points: value }));
  const levels = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, level) => low + level * step);
  const line = dots.map((dot, match) => `${match === 0 ? "M" : "L"}${dot.x} ${dot.y}`).join("");
  const [first, last] = [dots[0], dots.at(-1)];
  const area = first && last ? `${line}L${last.x} ${floor}L${first.x} ${floor}Z` : "";
  return { width, height, line, area, dots, levels: levels.map((value) => ({ y: y(value), points: value })) };
}

/** Round numbers that have all points between them, and how far the lines are apart. */
function range(points: readonly number[]): { low: number; high: number; step: number } {
  const [least, most] = points.length === 0 ? [1000, 1000] : [Math.min(...points), Math.max(...points)];
  for (const step of STEPS) {
    const low = Math.floor(least / step) * step;
    const high = Math.max(low + step, Math.ceil(most / step) * step);
    if ((high - low) / step <= LEVELS_MAX) return { low, high, step };
  }
  return { low: least, high: most, step: most - least };
}

const round = (value: number): number => Math.round(value * 10) / 10;
