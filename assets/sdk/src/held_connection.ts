/** For tests: a connection whose sockets are held in the hand (`held_socket`), with fake timers and a storage in memory. */

import { afterEach, beforeEach, vi } from "vitest";

import conversation from "../../../tests/golden/conversation.json";
import { jsonCodec } from "./codec";
import { Connection } from "./connection";
import { Socket } from "./held_socket";
import type { LobbyNews, ServerMessage } from "./messages";

export const welcome = conversation.server[0]!.json;
export const lobby: LobbyNews = { type: "lobby", rooms: [], games: [], people: 1, podium: null, reason: "" };
export const heard: ServerMessage[] = [];
export const states: string[] = [];
export const stored = new Map<string, string>();

export function visitor(token: string | null = "aa.bb.cc"): Connection {
  const connection: Connection = new Connection({ url: "ws://arena/play", token }, jsonCodec, {
    heard: (message) => void heard.push(message),
    changed: () => void states.push(connection.state),
  });
  return connection;
}

/** Ada, who plays at ws://arena. */
export function joined(): { connection: Connection; socket: Socket } {
  const connection = visitor();
  connection.join("Ada");
  return { connection, socket: latest().accept().say(welcome) };
}

export function latest(): Socket {
  return Socket.opened.at(-1)!;
}

/** Before each test of a file nothing has happened. */
export function holdConnections(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Socket);
    vi.stubGlobal("sessionStorage", {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    });
    Socket.opened.length = heard.length = states.length = 0;
    stored.clear();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
