import { expect, test } from "vitest";

import { Figures, KEPT, SLACK_MS_MAX, Spread, WINDOW_TICKS } from "./figures";
import { CATEGORY_BITS, WALL } from "./physics";

const done = { error_units: 0.5, surprise_units: 0.75, correction_units: 0.25, replayed_ticks: 10, bodies: 2, bodies_left_out: 1 };

test("percentiles are values that were there", () => {
  const spread = new Spread();
  for (let value = 100; value > 0; value -= 1) spread.add(value);
  expect(spread.summary()).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(new Spread().summary()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});

test("only the latest are kept", () => {
  const spread = new Spread();
  for (let value = 0; value < 2 * KEPT; value += 1) spread.add(value < KEPT ? 1e9 : 1);
  expect(spread.summary()).toMatchObject({ count: 2 * KEPT, max: 1 });
});

test("a figure belongs to the worst that was touched shortly before", () => {
  const figures = new Figures();
  expect(figures.situation(100, 10)).toBe("flight");
  figures.touched(100, WALL);
  figures.touched(101, 0);
  expect(figures.situation(100, 10)).toBe("walls");
  figures.touched(105, CATEGORY_BITS["rock"]!);
  expect(figures.situation(105, 10)).toBe("rocks");
  figures.touched(106, CATEGORY_BITS["ship"]!);
  expect(figures.situation(115 + WINDOW_TICKS, 10)).toBe("contact");
  expect(figures.situation(116 + WINDOW_TICKS, 10)).toBe("flight");
});

test("what a snapshot did is counted, and told by situation", () => {
  const figures = new Figures();
  figures.touched(100, WALL);
  expect(figures.reconciled(100, 10, done)).toBe("walls");
  figures.reconciled(200, 10, { ...done, error_units: null });
  expect(figures.summaries()).toMatchObject({ "own_error_units.walls": { count: 1, max: 0.5 }, "correction_shown_units.walls": { max: 0.25 } });
  expect(figures).toMatchObject({ replayed_body_ticks: 60, bodies_left_out: 2 });
  figures.forget();
  expect(figures).toMatchObject({ replayed_body_ticks: 0, bodies_left_out: 0 });
  expect(figures.summaries()).toEqual({});
});

test("what went wrong because an input was late or missing is told apart", () => {
  const figures = new Figures();
  figures.touched(100, WALL);
  figures.punctual(100, 100, 12);
  expect(figures.situation(100, 10)).toBe("walls");
  figures.punctual(102, 102, -3);
  expect(figures.situation(102, 10)).toBe("late");
  expect(figures.situation(112 + WINDOW_TICKS, 10)).toBe("flight");
  figures.punctual(140, 138, null);
  expect(figures.situation(140, 10)).toBe("late");
  figures.punctual(180, 180, SLACK_MS_MAX + 1);
  expect(figures.situation(180, 10)).toBe("late");
  expect(figures).toMatchObject({ late: 1, timed: 4 });
});
