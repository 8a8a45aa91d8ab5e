import { expect, test } from "vitest";

import { SPEEDS, Transport, markBeside, minutes } from "./transport";

test("time passes at its speed, and stops at the end", () => {
  const transport = new Transport(100, 700, 60);
  transport.pass(1);
  expect(transport.tick).toBe(160);
  transport.speed = 8;
  transport.pass(0.5);
  expect(transport.tick).toBe(400);
  transport.pass(100);
  expect([transport.tick, transport.playing]).toEqual([700, false]);
});

test("paused nothing passes; what is over begins again", () => {
  const transport = new Transport(100, 700, 60, 300);
  transport.toggle();
  transport.pass(5);
  expect(transport.tick).toBe(300);
  transport.goTo(9999);
  transport.toggle();
  expect([transport.tick, transport.playing]).toEqual([100, true]);
});

test("it leaps within its bounds", () => {
  const transport = new Transport(100, 700, 60, 300);
  transport.skip(-60);
  expect(transport.tick).toBe(100);
  transport.skip(2);
  expect([transport.tick, transport.seconds, transport.length_s]).toEqual([220, 2, 10]);
});

test("speeds go up and down, and no further", () => {
  const transport = new Transport(0, 1, 60);
  for (let n = 0; n < 9; n += 1) transport.change(1);
  expect(transport.speed).toBe(8);
  for (let n = 0; n < 9; n += 1) transport.change(-1);
  expect(transport.speed).toBe(SPEEDS[0]);
});

test("marks are found on both sides", () => {
  const marks = [100, 200, 300];
  expect([markBeside(marks, 100, 1, 5), markBeside(marks, 197, 1, 5), markBeside(marks, 300, 1, 5)]).toEqual([200, 300, undefined]);
  expect([markBeside(marks, 203, -1, 5), markBeside(marks, 100, -1, 5)]).toEqual([100, undefined]);
});

test("minutes are written as on a clock", () => {
  expect([0, 7.9, 60, 754].map(minutes)).toEqual(["0:00", "0:07", "1:00", "12:34"]);
});
