import { describe, expect, it } from "vitest";
import { NONE, onScale, said, span, stepsOf } from "./numbers";

describe("numbers", () => {
  it("have three digits and a unit", () => {
    expect(said(0, "ms")).toBe("0 ms");
    expect(said(1.2345, "ms")).toBe("1.23 ms");
    expect(said(12.345, "ms")).toBe("12.3 ms");
    expect(said(1234.5, "per_s")).toBe("1,235/s");
    expect(said(1024, "count")).toBe("1,024");
    expect(said(12.34, "percent")).toBe("12.3 %");
  });

  it("of bytes are scaled by 1,024", () => {
    expect(said(0, "bytes")).toBe("0 B");
    expect(said(999, "bytes")).toBe("999 B");
    expect(said(1000, "bytes")).toBe("0.98 KiB");
    expect(said(5 * 1024 * 1024, "bytes_per_s")).toBe("5 MiB/s");
    expect(said(2 ** 60, "bytes")).toBe("1,048,576 TiB");
  });

  it("that aren't there are a dash", () => {
    for (const nothing of [null, undefined, Number.NaN, Infinity]) expect(said(nothing, "ms")).toBe(NONE);
  });

  it("fit on a scale", () => {
    expect(onScale(20_000, "per_s")).toBe("20k");
    expect(onScale(0.5, "ms")).toBe("0.5");
    expect(onScale(2048, "bytes")).toBe("2 K");
  });

  it("of seconds become words", () => {
    expect([0, 5, 60, 89, 150, 300].map(span)).toEqual(["0 s", "5 s", "1 min", "89 s", "3 min", "5 min"]);
    expect([3600, 3599, 7000, 7 * 3600, 86_400, 90_000, 3 * 86_400].map(span)).toEqual([
      "1 h", "60 min", "117 min", "7 h", "1 day", "25 h", "3 days",
    ]);
  });

  it("have scales in whole numbers, and bytes in powers of two", () => {
    expect(stepsOf("count")?.slice(0, 4)).toEqual([1, 2, 5, 10]);
    expect(stepsOf("bytes")?.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(stepsOf("ms")).toBeNull();
  });
});
