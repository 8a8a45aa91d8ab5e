/** The token that a page is opened with: taken once, kept for the tab, and gone from the address. */

import { expect, test } from "vitest";

import { bringsToken, dropToken, takeToken } from "./token";

function opened(hash: string, kept: Record<string, string> = {}) {
  const page = {
    hash,
    memory: () => ({
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => {
        kept[key] = value;
      },
    }),
    rename(now: string) {
      page.hash = now;
    },
  };
  return page;
}

function forbidden(): never {
  throw new Error("forbidden");
}

test("it is taken out of the address and kept", () => {
  const kept = {};
  const page = opened("#token=aa.b_b.c-c", kept);
  expect(takeToken(page)).toBe("aa.b_b.c-c");
  expect(page.hash).toBe("");
  expect(takeToken(opened("", kept))).toBe("aa.b_b.c-c");
});

test("a newer one replaces it", () => {
  const kept = {};
  takeToken(opened("#token=old", kept));
  expect(takeToken(opened("#a=b&token=new", kept))).toBe("new");
  expect(takeToken(opened("", kept))).toBe("new");
});

test("without one we are a guest, and the address stays", () => {
  const page = opened("#about");
  expect(takeToken(page)).toBeNull();
  expect(page.hash).toBe("#about");
});

test("where nothing may be stored it is good for this once", () => {
  const page = { ...opened("#token=x"), memory: forbidden };
  expect(takeToken(page)).toBe("x");
});

test("one that is dropped isn't found again, wherever that can be", () => {
  const kept: Record<string, string> = {};
  const memory = opened("#token=old", kept).memory;
  takeToken(opened("#token=old", kept));
  dropToken(() => ({ removeItem: (key: string) => void delete kept[key] }));
  expect(takeToken({ ...opened(""), memory })).toBeNull();
  expect(() => dropToken(forbidden)).not.toThrow();
});

test("what stands behind the # brings one, or not", () => {
  expect(["#token=aa.b_b.c-c", "#a=b&token=new", "#rooms", "#token=", "", "#mytoken=x"].map(bringsToken)).toEqual([true, true, false, false, false, false]);
});
