import { expect, test } from "vitest";

import { Refusals } from "./refusals";

function taking(...codes: number[]): { notices: string[]; counted: [string, number][] } {
  const notices: string[] = [];
  const counted: [string, number][] = [];
  const gauges = { push: (name: string, value: number) => void counted.push([name, value]), counters: () => ({}) };
  const refusals = new Refusals((sentence) => void notices.push(sentence), gauges);
  for (const code of codes) refusals.take({ type: "error", code, sentence: `because of ${code}` });
  return { notices, counted };
}

test("what the player did wrong is told in the server's words", () => {
  expect(taking(4018, 4017)).toEqual({ notices: ["because of 4018", "because of 4017"], counted: [] });
});

test("inputs too far ahead are counted, not told", () => {
  expect(taking(4008, 4008)).toEqual({ notices: [], counted: [["inputs_too_far", 1], ["inputs_too_far", 2]] });
});
