import { describe, expect, it } from "vitest";
import { isFar, ownerOf, placeOf, stateOf, sumOf, toneOf } from "./fleet";
import { process, room } from "./stats.fixture";

describe("a process", () => {
  it("is called by what is its own in its address", () => {
    expect(placeOf("https://game.example/2/")).toBe("game.example/2");
    expect(placeOf("http://127.0.0.1:8001")).toBe("127.0.0.1:8001");
    expect(placeOf("")).toBe("–");
  });

  it("is open, drains, or is silent whatever it last said", () => {
    expect(stateOf(process())).toBe("open");
    expect(stateOf(process({ is_open: false }))).toBe("drains");
    expect(stateOf(process({ is_open: false, heard_s: 3.4 }))).toBe("silent for 3 s");
  });

  it("is worse the fuller it is", () => {
    expect([0.2, 0.8, 0.95].map(toneOf)).toEqual(["", "warn", "bad"]);
  });
});

describe("all of them", () => {
  it("are added up", () => {
    const some = [process({ rooms: 3, people: 5, bots: 8 }), process({ rooms: 1, people: 2, bots: 0, is_open: false })];
    expect(sumOf(some)).toBe("2 processes, 1 of them open: 4 rooms, 7 people, 8 bots");
    expect(sumOf(some.slice(0, 1))).toBe("1 process: 3 rooms, 5 people, 8 bots");
  });

  it("have rooms, of which each is somebody's", () => {
    const here = room();
    const there = { ...room({ name: "belt" }), url: "https://b.example" };
    expect([isFar(here), isFar(there)]).toEqual([false, true]);
    expect([ownerOf(here, [process()]), ownerOf(there, [process()])]).toEqual(["this one", "b.example"]);
    expect(ownerOf(here, [])).toBe("");
  });
});
