import { expect, test } from "vitest";

import { Refusals } from "./refusals";

function taking(...codes: number[]): { notices: string[]; refused: string[]; counted: [string, number][] } {
  const notices: string[] = [];
  const refused: string[] = [];
  const counted: [string, number][] = [];
  const gauges = { push: (name: string, value: number) => void counted.push([name, value]), counters: () => ({}) };
  const chat = { begin: () => undefined, add: () => undefined, refuse: (sentence: string) => void refused.push(sentence) };
  const refusals = new Refusals({ chat, notice: (sentence) => void notices.push(sentence) }, gauges);
  for (const code of codes) refusals.take({ type: "error", code, sentence: `because of ${code}` });
  return { notices, refused, counted };
}

test("what the player did wrong is told in the server's words, and what chat refuses in the chat", () => {
  expect(taking(4018, 4017)).toEqual({ notices: ["because of 4017"], refused: ["because of 4018"], counted: [] });
});

test("inputs too far ahead are counted, not told", () => {
  expect(taking(4008, 4008)).toEqual({ notices: [], refused: [], counted: [["inputs_too_far", 1], ["inputs_too_far", 2]] });
});
