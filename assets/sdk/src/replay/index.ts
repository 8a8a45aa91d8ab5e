/**
 * Recorded matches: read, looked through and played.
 *
 *     const playback = new Playback(new Recording(bytes));
 *     playback.goTo(tick); playback.advance(tick + 2);
 *     for (const { published, at } of playback.seen()) …
 */

export type { Kind } from "../kinds";
export { Redrawn } from "../redrawn";
export type { Seen } from "../stills";
export { CannotPlay, FILE_BYTES_MAX, Recording, type Index, type Placed } from "./file";
export { marksOf, openingOf, type Mark } from "./marks";
export { Playback } from "./playback";
