import { expect, test } from "vitest";

import golden from "../../../tests/golden/checksums.json";
import { checksumOf, crc32 } from "./checksum";

test("CRC-32's check value", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("cells come to the server's checksums, in whatever order", () => {
  for (const { entities, checksum } of golden.cells) {
    expect(checksumOf(entities)).toBe(checksum);
    expect(checksumOf([...entities].reverse())).toBe(checksum);
  }
});

test("one wrong integer is noticed", () => {
  const { entities, checksum } = golden.cells[2]!;
  const wrong = entities.map((entity, at) => (at === 4 ? { ...entity, spin: entity.spin + 1 } : entity));
  expect(checksumOf(wrong)).not.toBe(checksum);
});
