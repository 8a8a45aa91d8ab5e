import { afterEach, expect, test, vi } from "vitest";

import { rememberSeat, rememberedSeat } from "./seat_memory";

const SEAT = { url: "wss://a.example/play", room: "pit", role: "player", resume: "t1" } as const;

afterEach(() => vi.unstubAllGlobals());

test("a seat is remembered until it is given up", () => {
  const stored = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  expect(rememberedSeat()).toBeNull();
  rememberSeat(SEAT);
  expect(rememberedSeat()).toEqual(SEAT);
  rememberSeat(null);
  expect(rememberedSeat()).toBeNull();
});

test("where storage is forbidden, or holds something else, there is no seat and no error", () => {
  const forbidden = () => {
    throw new Error("forbidden");
  };
  vi.stubGlobal("sessionStorage", { getItem: forbidden, setItem: forbidden });
  rememberSeat(SEAT);
  expect(rememberedSeat()).toBeNull();
  vi.stubGlobal("sessionStorage", { getItem: () => "{half of", setItem: () => undefined });
  expect(rememberedSeat()).toBeNull();
});

test.each([{ url: undefined }, { room: undefined }, { room: 7 }, { role: undefined }, { role: "pirate" }, { resume: ["t1"] }])(
  "what was stored with %j is no seat, as of another version of the page", (changes) => {
    vi.stubGlobal("sessionStorage", { getItem: () => JSON.stringify({ ...SEAT, ...changes }), setItem: () => undefined });
    expect(rememberedSeat()).toBeNull();
  },
);
