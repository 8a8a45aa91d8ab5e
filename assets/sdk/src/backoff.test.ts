import { expect, test } from "vitest";

import { Backoff, comesBackAfter } from "./backoff";

test("delays grow from half a second to ten, and begin anew after a welcome", () => {
  const backoff = new Backoff(() => 0.5);
  expect(Array.from({ length: 7 }, () => backoff.next_s())).toEqual([0.5, 1, 2, 4, 8, 10, 10]);
  backoff.succeeded();
  expect(backoff.next_s()).toBe(0.5);
});

test("whose seat is kept comes back within two seconds or so, and then goes on as if it never had been", () => {
  const backoff = new Backoff(() => 0.5);
  expect(Array.from({ length: 6 }, () => backoff.next_s(true))).toEqual([0.5, 1, 2, 2, 2, 2]);
  expect(backoff.next_s()).toBe(10);
});

test("a room that is expected back is an answer, and delays begin anew", () => {
  const backoff = new Backoff(() => 0.5);
  for (let attempt = 0; attempt < 5; attempt += 1) backoff.next_s();
  expect([backoff.returning_s(), backoff.next_s()]).toEqual([2, 0.5]);
});

test("each is jittered by half", () => {
  expect(new Backoff(() => 0).next_s()).toBe(0.25);
  expect(new Backoff(() => 1).next_s()).toBe(0.75);
});

test("we come back after the network's and the server's faults, not after our own", () => {
  expect([1001, 1006, 1014, 4006, 4013, 4014, 4031, 4032, 4033, 4035].every(comesBackAfter)).toBe(true);
  expect([1000, 1002, 1007, 1009, 4000, 4003, 4007, 4011, 4012, 4030].some(comesBackAfter)).toBe(false);
});
