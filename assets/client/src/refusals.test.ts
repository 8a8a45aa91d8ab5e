import { expect, test } from "vitest";

import type { LinkState } from "@ricochet/sdk";
import { Refusals } from "./refusals";

interface Told {
  notices: string[];
  refused: string[];
  why: string[];
  counted: [string, number][];
}

function taking(state: LinkState["state"], ...codes: number[]): Told {
  const notices: string[] = [];
  const why: string[] = [];
  const refused: string[] = [];
  const counted: [string, number][] = [];
  const gauges = { push: (name: string, value: number) => void counted.push([name, value]), counters: () => ({}) };
  const chat = { begin: () => undefined, add: () => undefined, refuse: (sentence: string) => void refused.push(sentence) };
  const look = { chat, notice: (sentence: string) => void notices.push(sentence), refuse: (sentence: string) => void why.push(sentence) };
  const refusals = new Refusals(look, gauges);
  for (const code of codes) refusals.take({ type: "error", code, sentence: `because of ${code}` }, state);
  return { notices, refused, why, counted };
}

test("what the player did wrong is told in the server's words, and what chat refuses in the chat", () => {
  expect(taking("playing", 4018, 4017)).toEqual({ notices: ["because of 4017"], refused: ["because of 4018"], why: [], counted: [] });
  expect(taking("lobby", 4023)).toEqual({ notices: [], refused: ["because of 4023"], why: [], counted: [] });
});

test("who wanted to be elsewhere is told why they aren't", () => {
  expect(taking("moving", 4010)).toEqual({ notices: [], refused: [], why: ["because of 4010"], counted: [] });
  expect(taking("lobby", 4018, 4009)).toEqual({ notices: [], refused: ["because of 4018"], why: ["because of 4009"], counted: [] });
});

test("inputs too far ahead are counted, not told", () => {
  expect(taking("moving", 4008, 4008)).toEqual({ notices: [], refused: [], why: [], counted: [["inputs_too_far", 1], ["inputs_too_far", 2]] });
});
