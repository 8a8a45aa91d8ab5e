import { expect, test } from "vitest";

import { arenaOfDraft, Library, slug, Unkept } from "./library";

type Asked = { url: string; init: RequestInit | undefined };

function library(status: number, told: unknown, token: string | null = null): { library: Library; asked: Asked[] } {
  const asked: Asked[] = [];
  const made = new Library(token, async (url, init) => {
    asked.push({ url, init });
    return new Response(JSON.stringify(told), { status });
  });
  return { library: made, asked };
}

test("an arena is saved under its name, by somebody, with their token", async () => {
  const { library: made, asked } = library(201, { name: "mine", version: 3 }, "abc");
  expect(await made.save("mine", "Zoë & co", { name: "x" })).toBe(3);
  expect(asked[0]!.url).toBe("/api/arenas/mine?by=Zo%C3%AB%20%26%20co");
  expect(asked[0]!.init).toMatchObject({ method: "POST", body: '{"name":"x"}', headers: { Authorization: "Bearer abc" } });
});

test("a version is read, or the newest", async () => {
  const { library: made, asked } = library(200, {});
  await made.read("mine");
  await made.read("a/b", 2);
  expect(asked.map(({ url }) => url)).toEqual(["/api/arenas/mine", "/api/arenas/a%2Fb?version=2"]);
});

test("one's drafts are asked for with one's token, and open a room each", async () => {
  const { library: made, asked } = library(200, [{ id: "0a", title: "Ours" }], "abc");
  const [draft] = await made.drafts();
  await made.readDraft("0a");
  await made.discardDraft("0a");
  expect(asked.map(({ url, init }) => [init?.method ?? "GET", url])).toEqual([["GET", "/api/drafts"], ["GET", "/api/drafts/0a"], ["DELETE", "/api/drafts/0a"]]);
  expect(asked[0]!.init).toMatchObject({ headers: { Authorization: "Bearer abc" } });
  expect(arenaOfDraft(draft!)).toBe("draft:0a");
});

test("what the server refuses is said in its words", async () => {
  await expect(library(403, { error: "'mine' is somebody else's" }).library.list()).rejects.toThrow(new Unkept("'mine' is somebody else's"));
  await expect(library(500, null).library.list()).rejects.toThrow("the server answered 500");
  const lost = new Library(null, () => Promise.reject(new TypeError("no network")));
  await expect(lost.list()).rejects.toThrow("the server can't be reached");
});

test("names are what the library takes", () => {
  expect(["My Árena! 2", "--x--", "ÄÖ", "", "a".repeat(60)].map(slug)).toEqual(["my-arena-2", "x", "ao", "", "a".repeat(40)]);
});
