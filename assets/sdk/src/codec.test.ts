import { expect, test } from "vitest";

import conversation from "../../../tests/golden/conversation.json";
import golden from "../../../tests/golden/snapshots.json";
import { jsonCodec, msgpackCodec } from "./codec";
import type { ClientMessage } from "./messages";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => parseInt(pair, 16));
const hex = (wire: string | Uint8Array) => Array.from(wire as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("");

test("what we say is byte for byte what the Python client says", () => {
  for (const { json, msgpack } of conversation.client) {
    expect(hex(msgpackCodec.encode(json as ClientMessage))).toBe(msgpack);
    expect(JSON.parse(jsonCodec.encode(json as ClientMessage) as string)).toEqual(json);
  }
});

test("what the server says is understood the same in both encodings", () => {
  for (const { json, msgpack } of conversation.server) {
    expect(msgpackCodec.decode(bytes(msgpack))).toEqual(json);
    expect(jsonCodec.decode(JSON.stringify(json))).toEqual(json);
  }
});

test("snapshots are understood the same in both encodings", () => {
  for (const { json, msgpack } of golden.snapshots) {
    const snapshot = msgpackCodec.decode(bytes(msgpack));
    expect(snapshot).toEqual(jsonCodec.decode(JSON.stringify(json)));
    expect(snapshot).toMatchObject({ type: "snapshot", tick: json.tick, own: json.own, hud: json.hud });
  }
});

test("a message of a newer server is passed over", () => {
  expect(msgpackCodec.decode(Uint8Array.of(0x92, 99, 0))).toBeNull();
  expect(jsonCodec.decode('{"type": "fanfare"}')).toBeNull();
});

test("what can't be read is an error", () => {
  expect(() => msgpackCodec.decode("text")).toThrow(TypeError);
  expect(() => msgpackCodec.decode(Uint8Array.of(0xc1))).toThrow();
  expect(() => jsonCodec.decode("{")).toThrow(SyntaxError);
});
