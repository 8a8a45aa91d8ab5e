/**
 * Where keys have meanings of their own: fields, dialogs and the lobby. What is pressed there is no game input.
 */

const ELSEWHERE = "input, textarea, select, dialog, .menu";

export function isOutOfPlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(ELSEWHERE) !== null;
}
