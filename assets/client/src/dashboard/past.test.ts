import { describe, expect, it } from "vitest";
import type { Figure } from "./figures";
import { momentsOf, Past, POINTS_MAX } from "./past";
import { NO_PAST, stats } from "./stats.fixture";

const FIGURE: Figure = { title: "Ticks", unit: "count", lines: [{ label: "all", colour: "--ink", read: ({ ticks }) => ticks }] };
const at = (at_ms: number, ticks = 30) => stats({ at_ms, ticks });

describe("the past", () => {
  it("is a column of times and one of values", () => {
    const past = new Past([FIGURE]);
    past.push(at(1000, 1), 0.5);
    past.push(at(1500, 2), 0.5);
    expect(past.columns(FIGURE, 60)).toEqual([[1, 1.5], [1, 2]]);
  });

  it("ends where the window does", () => {
    const past = new Past([FIGURE]);
    for (let n = 0; n < 10; n += 1) past.push(at(n * 500, n), 0.5);
    expect(past.columns(FIGURE, 1)).toEqual([[3.5, 4, 4.5], [7, 8, 9]]);
  });

  it("is broken where news was missing", () => {
    const past = new Past([FIGURE]);
    past.push(at(1000), 0.5);
    past.push(at(9000), 0.5);
    expect(past.columns(FIGURE, 60)).toEqual([[1, 1.5, 9], [30, null, 30]]);
  });

  it("begins with what the server remembers, and knows a longer interval from a gap", () => {
    const past = new Past([FIGURE]);
    const remembered = { ...NO_PAST, at_ms: [2000, 4000, 4500], seconds: [2, 2, 0.5], ticks: [120, 119, 30], rates: { in: [1, 2, 3], out: [null, null, null] } };
    const moments = momentsOf(remembered);
    expect(moments[1]).toEqual({ at_ms: 4000, seconds: 2, ticks: 119, duration_ms: null, lateness_ms: null, gauges: {}, rates: { in: 2 } });
    for (const moment of moments) past.push(moment, 0.5);
    expect(past.columns(FIGURE, 60)).toEqual([[2, 4, 4.5], [120, 119, 30]]);
  });

  it("goes on when the server's clock is set back: what it had beyond that is forgotten", () => {
    const past = new Past([FIGURE]);
    for (let n = 0; n < 6; n += 1) past.tell(at(10_000 + n * 500, n), 0.5);
    past.tell(at(11_000, 7), 0.5);
    past.tell(at(11_500, 8), 0.5);
    expect(past.columns(FIGURE, 60)).toEqual([[10, 10.5, 11, 11.5], [0, 1, 7, 8]]);
    past.tell(at(1000, 9), 0.5);
    expect(past.columns(FIGURE, 60)).toEqual([[1], [9]]);
  });

  it("never goes back, and keeps no more than it may", () => {
    const past = new Past([FIGURE]);
    past.push(at(2000), 0.5);
    past.push(at(1000), 0.5);
    expect(past.columns(FIGURE, 60)[0]).toEqual([2]);
    for (let n = 0; n < POINTS_MAX + 50; n += 1) past.push(at(3000 + n * 500), 0.5);
    const [times, values] = past.columns(FIGURE, 1e9);
    expect([times.length, values?.length]).toEqual([POINTS_MAX, POINTS_MAX]);
  });
});
