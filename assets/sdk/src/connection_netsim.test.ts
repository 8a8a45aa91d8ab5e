import { expect, test, vi } from "vitest";

import { heard, holdConnections, joined } from "./held_connection";
import { PERFECT } from "./netsim";

holdConnections();

test("a network that is made worse delays what is said, what arrives and the end, in order", () => {
  const { connection, socket } = joined();
  connection.worsen({ ...PERFECT, rtt_ms: 200 });
  connection.send({ type: "chat", text: "slow", to: "room" });
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  socket.end(1006);
  expect(connection.state).toBe("playing");
  vi.advanceTimersByTime(99);
  expect(heard).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(heard.at(-1)).toMatchObject({ name: "x" });
  expect(socket.heard.at(-1)).toMatchObject({ text: "slow" });
  expect(connection.state).toBe("lost");
});

test("the network that is simulated is in the round trip", () => {
  const { connection, socket } = joined();
  connection.worsen({ ...PERFECT, rtt_ms: 300 });
  vi.advanceTimersByTime(1000);
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  vi.advanceTimersByTime(300);
  const ping = socket.heard.find(({ type, nonce }) => type === "ping" && Number(nonce) > 1_000_000)!;
  socket.say({ type: "pong", nonce: ping["nonce"], tick: 5 });
  vi.advanceTimersByTime(150);
  expect(connection.rtt_ms).toBeGreaterThanOrEqual(300);
});

test("made good again, everything that was under way comes at once", () => {
  const { connection, socket } = joined();
  connection.worsen({ ...PERFECT, rtt_ms: 2000 });
  connection.worsen({ ...PERFECT, rtt_ms: 2000, jitter_ms: 10 });
  connection.send({ type: "chat", text: "slow", to: "room" });
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  connection.worsen(PERFECT);
  expect(heard).toHaveLength(2);
  expect(socket.heard.at(-1)).toMatchObject({ text: "slow" });
  connection.send({ type: "chat", text: "fast", to: "room" });
  expect(socket.heard.at(-1)).toMatchObject({ text: "fast" });
});

test("a connection that is dropped takes with it what was under way", () => {
  const { connection, socket } = joined();
  connection.worsen({ ...PERFECT, rtt_ms: 200 });
  connection.send({ type: "chat", text: "lost", to: "room" });
  socket.say({ type: "event", tick: 1, name: "lost", body: {} });
  connection.drop();
  vi.advanceTimersByTime(200);
  expect(heard).toHaveLength(1);
  expect(socket.heard.some(({ type }) => type === "chat")).toBe(false);
});

test("who closes it has said so before it is left", () => {
  const { connection, socket } = joined();
  connection.worsen({ ...PERFECT, rtt_ms: 2000 });
  connection.close();
  expect(socket.heard.at(-1)).toEqual({ type: "leave" });
  expect(socket.readyState).toBe(3);
});
