/**
 * Keeps a client going in a page: ticks on time, no trust in the clock of a hidden page, and a lost connection tried again as soon as
 * somebody looks or the network is back.
 *
 * Ticks are taken by a timer as well as before each frame: a slow graphics card must not slow the inputs.
 */

import type { Client } from "./client";

const STEP_EVERY_MS = 8;

/** From now on; returns what ends it. */
export function attend(client: Client): () => void {
  const step = () => {
    if (!document.hidden) client.step();
  };
  const look = () => {
    client.play?.pause();
    if (!document.hidden) client.connection.hurry();
  };
  const hurry = () => client.connection.hurry();
  const timer = setInterval(step, STEP_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", hurry);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", hurry);
  };
}
