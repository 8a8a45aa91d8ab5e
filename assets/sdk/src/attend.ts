/**
 * Keeps a client going in a page: ticks on time, no trust in the clock of a hidden page, and a lost connection tried again as soon as
 * somebody looks or the network is back, with the seat that the tab has by then where the browser had kept the page.
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
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (persisted) client.connection.setAside();
  };
  const timer = setInterval(step, STEP_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", hurry);
  window.addEventListener("pagehide", hide);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", hurry);
    window.removeEventListener("pagehide", hide);
  };
}
