/** Numbers as a person reads them at a glance: few digits, a unit, and a dash for what isn't there. */

export const NONE = "–";
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export type Unit = "ms" | "count" | "per_s" | "bytes" | "bytes_per_s" | "percent";

export function said(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  switch (unit) {
    case "ms": return `${digits(value)} ms`;
    case "count": return Math.round(value).toLocaleString("en");
    case "per_s": return `${digits(value)}/s`;
    case "bytes": return bytes(value);
    case "bytes_per_s": return `${bytes(value)}/s`;
    case "percent": return `${digits(value)} %`;
  }
}

/** The same without a unit's words where a scale has little room. */
export function onScale(value: number, unit: Unit): string {
  if (unit === "bytes" || unit === "bytes_per_s") return bytes(value).replace("iB", "");
  return value >= 10_000 ? `${digits(value / 1000)}k` : digits(value);
}

const SPANS = [[86_400, "day", "days"], [3600, "h", "h"], [60, "min", "min"]] as const;

/** How long ago, or for how long: in the largest unit of which there are enough for it not to lie, or that fits. */
export function span(seconds: number): string {
  for (const [unit_s, one, many] of SPANS) {
    const count = seconds / unit_s;
    if (count >= 1 && (count >= 2 || Number.isInteger(count))) return `${Math.round(count)} ${count === 1 ? one : many}`;
  }
  return `${Math.round(seconds)} s`;
}

/** How far apart the lines of a scale may be. */
export function stepsOf(unit: Unit): number[] | null {
  if (unit === "bytes" || unit === "bytes_per_s") return Array.from({ length: 45 }, (_, n) => 2 ** n);
  if (unit === "count") return Array.from({ length: 10 }, (_, n) => 10 ** n).flatMap((power) => [power, 2 * power, 5 * power]);
  return null;
}

/** Three of them. */
function digits(value: number): string {
  const size = Math.abs(value);
  const decimals = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return Number(value.toFixed(decimals)).toLocaleString("en", { maximumFractionDigits: 2 });
}

function bytes(value: number): string {
  let scaled = value;
  let at = 0;
  while (scaled >= 1000 && at < BINARY.length - 1) {
    scaled /= 1024;
    at += 1;
  }
  return `${digits(scaled)} ${BINARY[at] ?? ""}`;
}
