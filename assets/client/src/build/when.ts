/** When something was saved, for people: how long ago if that is short, else day and time. */

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Of seconds since 1970. */
export function when(saved_s: number, now_s = Date.now() / 1000): string {
  const ago_s = now_s - saved_s;
  if (ago_s < 2 * MINUTE_S) return "just now";
  if (ago_s < HOUR_S) return `${Math.floor(ago_s / MINUTE_S)} minutes ago`;
  if (ago_s < DAY_S) return ago_s < 2 * HOUR_S ? "an hour ago" : `${Math.floor(ago_s / HOUR_S)} hours ago`;
  return new Date(saved_s * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
