import { expect, test } from "vitest";

import { headline, steps, whyHere } from "./outcome";

function outcome(...standings: [string, number][]) {
  return { room: "pit", game: "melee", standings: standings.map(([name, score]) => ({ name, team: 0, score })) };
}

test("equal scores share a step", () => {
  const places = steps(outcome(["Ada", 9], ["Bob", 5], ["Cy", 5], ["Di", 1])).map(({ name, place }) => [name, place]);
  expect(places).toEqual([["Ada", 1], ["Bob", 2], ["Cy", 2], ["Di", 4]]);
});

test("the headline names who won, as long as it is a few", () => {
  expect(headline(outcome(["Ada", 9], ["Bob", 5]))).toBe("Ada wins");
  expect(headline(outcome(["Ada", 9], ["Bob", 9], ["Cy", 1]))).toBe("Ada and Bob share the first place");
  expect(headline(outcome(["A", 1], ["B", 1], ["C", 1]))).toBe("A, B and C share the first place");
  expect(headline(outcome(["A", 0], ["B", 0], ["C", 0], ["D", 0]))).toBe("A draw");
  expect(headline(outcome())).toBe("It is over");
});

test("a reason is a sentence", () => {
  expect(whyHere("")).toBe("");
  expect(whyHere("the room is closed")).toBe("The room is closed.");
  expect(whyHere("Gone!")).toBe("Gone!");
});
