import { expect, test } from "vitest";

import { Figures, KEPT, Spread, WINDOW_TICKS } from "./figures";
import { CATEGORY_BITS, WALL } from "./physics";

const done = { error_units: 0.5, correction_units: 0.25, replayed_ticks: 10, bodies: 2, bodies_left_out: 1 };

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
  expect(figures.situation(100)).toBe("flight");
  figures.touched(100, WALL);
  figures.touched(101, 0);
  expect(figures.situation(100)).toBe("walls");
  figures.touched(105, CATEGORY_BITS["rock"]!);
  expect(figures.situation(105)).toBe("rocks");
  figures.touched(106, CATEGORY_BITS["ship"]!);
  expect(figures.situation(105 + WINDOW_TICKS)).toBe("contact");
  expect(figures.situation(106 + WINDOW_TICKS)).toBe("flight");
});

test("what a snapshot did is counted, and told by situation", () => {
  const figures = new Figures();
  figures.touched(100, WALL);
  expect(figures.reconciled(100, done)).toBe("walls");
  figures.reconciled(200, { ...done, error_units: null });
  expect(figures.summaries()).toMatchObject({ "own_error_units.walls": { count: 1, max: 0.5 }, "correction_shown_units.walls": { max: 0.25 } });
  expect(figures).toMatchObject({ replayed_body_ticks: 60, bodies_left_out: 2 });
});

test("late inputs are counted among those that were told of", () => {
  const figures = new Figures();
  [12, -3, 20].forEach((slack_ms) => figures.slack(slack_ms));
  expect(figures).toMatchObject({ late: 1, timed: 3 });
});
