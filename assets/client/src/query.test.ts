import { expect, test } from "vitest";

import { jsonCodec, msgpackCodec } from "@ricochet/sdk";
import { readQuery } from "./query";

const page = { search: "", protocol: "http:", host: "arena.example:8000" };

test("a bare address plays where the page came from, in msgpack", () => {
  expect(readQuery(page)).toEqual({ name: "", room: null, autojoin: false, codec: msgpackCodec, url: "ws://arena.example:8000/play" });
});

test("a secure page makes a secure connection", () => {
  expect(readQuery({ ...page, protocol: "https:" }).url).toBe("wss://arena.example:8000/play");
});

test("everything can be asked for", () => {
  const search = "?name=%20Ada%20&room=north&autojoin=1&encoding=json";
  expect(readQuery({ ...page, search })).toEqual({
    name: "Ada", room: "north", autojoin: true, codec: jsonCodec, url: "ws://arena.example:8000/play",
  });
});

test("no link sends a player elsewhere", () => {
  expect(readQuery({ ...page, search: "?url=wss://evil.example/play" }).url).toBe("ws://arena.example:8000/play");
});
