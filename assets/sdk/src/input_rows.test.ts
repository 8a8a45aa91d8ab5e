import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";

import { msgpackCodec } from "./codec";
import { ENTRIES_MAX, encodeInputs } from "./input_rows";
import type { Inputs } from "./messages";

const inputs = (count: number): Inputs => ({
  type: "inputs",
  first_tick: 70_000,
  entries: Array.from({ length: count }, (_, n) => ({ move_x: -127 + n, move_y: n, aim: 4095 - n, buttons: n, edges: 255 - n })),
  applied: 69_990,
  seen: 65_535,
});

describe("inputs in fixed widths", () => {
  it.each([1, 2, ENTRIES_MAX])("are the same message with %i entries", (count) => {
    const entries = inputs(count).entries.map((one) => [one.move_x, one.move_y, one.aim, one.buttons, one.edges]);
    expect(decode(encodeInputs(inputs(count)))).toEqual([2, 70_000, entries, 69_990, 65_535]);
  });

  it("are as long as each other, whatever they say", () => {
    const still = { move_x: 0, move_y: 0, aim: 0, buttons: 0, edges: 0 };
    const quiet: Inputs = { type: "inputs", first_tick: 0, entries: [still], applied: 0, seen: 0 };
    expect(encodeInputs(quiet).length).toBe(encodeInputs(inputs(1)).length);
  });

  it("are how the codec says them, but for long messages", () => {
    expect(msgpackCodec.encode(inputs(2))).toEqual(encodeInputs(inputs(2)));
    const long = decode(msgpackCodec.encode(inputs(ENTRIES_MAX + 1)) as Uint8Array) as unknown[][];
    expect(long[2]?.length).toBe(ENTRIES_MAX + 1);
  });
});
