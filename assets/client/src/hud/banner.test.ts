import { expect, test } from "vitest";

import { linkSentence, spokenLink, spokenStop, stopSentence, wayOn } from "./banner";

test("while all is well nothing is said", () => {
  expect(linkSentence({ state: "playing", reason: "", retry_in_s: 0, rtt_ms: 0 })).toBe("");
});

test("a lost connection says when it comes back", () => {
  expect(linkSentence({ state: "lost", reason: "", retry_in_s: 2.3, rtt_ms: 0 })).toBe("Connection lost — back in 3 s");
  expect(linkSentence({ state: "lost", reason: "", retry_in_s: 0, rtt_ms: 0 })).toBe("Connection lost — reconnecting …");
  expect(linkSentence({ state: "lost", reason: "server restarting.", retry_in_s: 1, rtt_ms: 0 })).toBe("Server restarting — back in 1 s");
});

test("a refusal gives the server's reason", () => {
  expect(linkSentence({ state: "refused", reason: "The room is full.", retry_in_s: 0, rtt_ms: 0 })).toBe("The room is full.");
  expect(linkSentence({ state: "refused", reason: "", retry_in_s: 0, rtt_ms: 0 })).not.toBe("");
});

test("a page that is older than its server says what helps", () => {
  const link = { state: "refused", reason: "this server speaks version 2, not 1", retry_in_s: 0, rtt_ms: 0, outdated: true } as const;
  expect(linkSentence(link)).toBe("The server is a newer one. Load the page again to go on.");
  expect([wayOn(link), wayOn({ ...link, outdated: false })]).toEqual(["Load again", "Try again"]);
});

test("who isn't let in by their token is told what is possible", () => {
  const refused = { state: "refused", reason: "the token has expired", retry_in_s: 0, rtt_ms: 0, token: "refused" } as const;
  expect(linkSentence(refused)).toBe("The token has expired. Play as a guest, or come again by a new link.");
  expect(wayOn(refused)).toBe("Play as a guest");
  const missing = { ...refused, reason: "this server asks for a token", token: "missing" } as const;
  expect(linkSentence(missing)).toBe("This server asks for a token. Come by a link that has one.");
  expect(wayOn(missing)).toBe("Try again");
});

test("a server that is going to stop is counted down", () => {
  expect(stopSentence(null, 1000, 60)).toBe("");
  expect(stopSentence(2200, 1000, 60)).toBe("The server restarts in 20 s — you will be back by yourself");
  expect(stopSentence(1030, 1000.5, 60)).toContain("in 1 s");
  expect(stopSentence(1000, 1200, 60)).toContain("in 0 s");
});

test("who hears the page is not told of each second", () => {
  const lost = (retry_in_s: number) => spokenLink({ state: "lost", reason: "", retry_in_s, rtt_ms: 0 });
  expect(new Set([2.3, 1.1, 0.2, 0].map(lost))).toEqual(new Set(["Connection lost — reconnecting …"]));
  const stops = (seconds: number) => spokenStop(60 * seconds, 0, 60);
  expect(new Set(Array.from({ length: 20 }, (_, second) => stops(second + 1))).size).toBe(2);
  expect(stops(11)).toBe("The server restarts within 20 s — you will be back by yourself");
  expect(stops(0)).toBe("The server restarts now");
  expect(spokenStop(null, 0, 60)).toBe("");
});
