import { describe, expect, it } from "vitest";
import { FIGURES, TILES, troubles } from "./figures";
import { stats } from "./stats.fixture";

describe("figures", () => {
  it("read what the server said", () => {
    const told = stats({
      duration_ms: { p50: 1, p99: 2 },
      gauges: { players: 9, bots: 5, rooms: 2, process_resident_memory_bytes: 1e8 },
      rates: { sent_bytes: 300, process_cpu_seconds: 0.25 },
    });
    const read = new Map(FIGURES.map(({ title, lines }) => [title, lines.map((line) => line.read(told))]));
    expect(read.get("Tick duration")).toEqual([1, 2]);
    expect(read.get("Players")).toEqual([9, 4, 2]);
    expect(read.get("Bytes")).toEqual([300, null]);
    expect(read.get("Processor")).toEqual([25]);
    expect(read.get("Memory")).toEqual([1e8]);
  });

  it("have nothing where there was nothing", () => {
    const nothing = stats({ duration_ms: null, lateness_ms: null, gauges: {}, rates: {} });
    for (const { title, lines } of FIGURES) {
      for (const { label, read } of lines) if (title !== "Players" || label !== "people") expect(read(nothing), title).toBeNull();
    }
  });

  it("have titles of their own, and lines that can be told apart", () => {
    expect(new Set(FIGURES.map(({ title }) => title)).size).toBe(FIGURES.length);
    for (const { lines } of FIGURES) expect(new Set(lines.map(({ colour }) => colour)).size).toBe(lines.length);
  });

  it("at the top are short", () => {
    const told = stats({ ticks: 30, seconds: 0.5, gauges: { players: 9, bots: 5 } });
    const read = new Map(TILES.map((tile) => [tile.label, tile.read(told)]));
    expect([read.get("People"), read.get("Ticks/s"), read.get("Entities")]).toEqual(["4", "60", "–"]);
  });
});

describe("troubles", () => {
  it("are told when there have been any", () => {
    expect(troubles(stats({ totals: { rooms_failed: 0, inputs: 5 } }))).toEqual([]);
    expect(troubles(stats({ totals: { rooms_failed: 2 } }))).toEqual(["2 rooms ended by a mistake of the server's own"]);
  });
});
