import { expect, test } from "vitest";

import { CannotPlay, Recording, crc32, readItem } from "./file";
import { goldenReplay } from "./golden";

const whole = goldenReplay();

test("a replay says what it is of", () => {
  const recording = new Recording(whole);
  expect(recording.welcome).toMatchObject({ game: "melee", room: "main", tick_rate: 60, player: 0 });
  expect(recording.recorded_s).toBe(1_700_000_000);
  expect(recording.chunk_ticks).toEqual([2, 602]);
  expect(recording.index).toMatchObject({ first_tick: 2, last_tick: 1078, ended_tick: 840 });
  expect(recording.index!.standings[0]).toMatchObject({ name: "Bot 1", place: 1, score: 200 });
});

test("a chunk begins with who is there and with keyframes of everything", () => {
  const recording = new Recording(whole);
  for (const chunk of [0, 1]) {
    const messages = recording.items(chunk).map((item) => readItem(item)!);
    expect(messages[0]).toMatchObject({ type: "event", name: "roster" });
    const opening = messages.find(({ type }) => type === "snapshot")!;
    expect(opening).toMatchObject({ tick: recording.chunk_ticks[chunk] });
    expect((opening as { cells: { keyframe: boolean }[] }).cells.every(({ keyframe }) => keyframe)).toBe(true);
  }
});

test("the chunk of a tick is the last that begins before it", () => {
  const recording = new Recording(whole);
  expect([0, 2, 601, 602, 9999].map((tick) => recording.chunkAt(tick))).toEqual([0, 0, 0, 1, 1]);
});

test("a file that was cut is read up to its last whole chunk", () => {
  const [first, second] = [whole.length * 0.8, whole.length - 30].map((size) => new Recording(whole.slice(0, size)));
  expect(first!.chunk_ticks).toEqual([2]);
  expect(second!.chunk_ticks).toEqual([2, 602]);
  expect([first!.index, second!.index]).toEqual([null, null]);
});

test.each([
  ["nothing", new Uint8Array(0), "it is no replay of Ricochet"],
  ["something else", new TextEncoder().encode("<!doctype html><p>Not found"), "it is no replay of Ricochet"],
  ["a newer one", Uint8Array.of(...new TextEncoder().encode("RICOREPL"), 9, 0), "it is of version 9, newer than the version 1"],
  ["its first bytes", whole.slice(0, 200), "not even its beginning is there"],
  ["only its header", whole.slice(0, 2500), "there is nothing in it"],
])("%s can't be played, and says why", (_, file, why) => {
  expect(() => new Recording(file)).toThrow(CannotPlay);
  expect(() => new Recording(file)).toThrow(why);
});

test("a changed byte is not believed", () => {
  for (let at = 0; at < whole.length; at += 97) {
    const changed = whole.slice();
    changed[at]! ^= 0x55;
    try {
      const { chunk_ticks, index } = new Recording(changed);
      expect(chunk_ticks.length < 2 || index === null || at >= whole.length - 16).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(CannotPlay);
    }
  }
});

test("a block that says it is larger than it is, or than it may be, is not unpacked", () => {
  for (const plain_bytes of [0xffff_ffff, 5 << 20, 10]) {
    const changed = whole.slice();
    const view = new DataView(changed.buffer);
    view.setUint32(10 + 5, plain_bytes, true);
    view.setUint32(10 + 13, crc32(changed.subarray(27, 27 + view.getUint32(10 + 9, true)), crc32(changed.subarray(10, 23))), true);
    expect(() => new Recording(changed)).toThrow(CannotPlay);
  }
});

test("the checksum is zlib's", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
