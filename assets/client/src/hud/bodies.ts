/**
 * Reads the bodies of events, which come from the wire as unknown values: whatever is not what it should be reads as
 * nothing. Pure.
 */

export function numberIn(body: Record<string, unknown>, field: string): number {
  const value = body[field];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function textIn(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  return typeof value === "string" ? value : "";
}
