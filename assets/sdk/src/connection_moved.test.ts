import { expect, test, vi } from "vitest";

import type { Connection } from "./connection";
import { heard, holdConnections, joined, latest, lobby, stored, welcome } from "./held_connection";
import { Socket } from "./held_socket";

const MOVED = { type: "moved", url: "https://b.example/", room: "pit", seat: "x.y.z", role: "player" };

/** Ada, who plays at ws://arena and is led to another server. */
function led(url = "https://b.example/"): { connection: Connection; socket: Socket } {
  const { connection, socket } = joined();
  connection.go({ type: "enter", room: "pit", role: "player", game: null });
  socket.say({ ...MOVED, url });
  return { connection, socket };
}

holdConnections();

test("a room that is elsewhere is played there, and come back to for as long as the seat may be kept", () => {
  const { connection, socket } = led();
  expect(latest()).not.toBe(socket);
  expect(socket.heard.at(-1)).toEqual({ type: "leave" });
  expect(latest().url).toBe("wss://b.example/play");
  const there = latest().accept();
  expect(there.heard[0]).toMatchObject({ room: "pit", resume: null, role: "player", seat: "x.y.z" });
  there.say(welcome);
  expect(connection.state).toBe("playing");
  expect(connection.url).toBe("wss://b.example/play");
  expect(JSON.parse(stored.get("ricochet.seat")!)).toMatchObject({ url: "wss://b.example/play" });
  there.end(1006);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    vi.advanceTimersByTime(3_100);
    expect(latest().url).toBe(attempt % 2 ? "ws://arena/play" : "wss://b.example/play");
    latest().end(1006);
  }
  for (let attempt = 0; attempt < 4; attempt += 1) {
    vi.advanceTimersByTime(15_000);
    latest().end(1006);
  }
  expect(latest().url).toBe("ws://arena/play");
});

test("a room that is expected back is asked for every two seconds or so, and nobody is told of each attempt", () => {
  const { connection } = led();
  latest().accept().say(welcome).end(1006);
  vi.advanceTimersByTime(1_000);
  latest().end(1006);
  vi.advanceTimersByTime(2_000);
  const told = heard.length;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    expect(latest().url).toBe("ws://arena/play");
    expect(latest().accept().heard[0]).toMatchObject({ room: welcome.room, resume: welcome.resume });
    latest().say({ type: "bye", code: 4035, sentence: "the room is back in a moment" }).end(4035);
    expect(connection.link(performance.now())).toMatchObject({ state: "lost", reason: "the room is back in a moment" });
    vi.advanceTimersByTime(3_000);
  }
  latest().accept().say({ ...MOVED, room: welcome.room, url: "https://c.example" });
  latest().accept();
  expect(latest().heard[0]).toMatchObject({ room: welcome.room, resume: welcome.resume });
  expect(JSON.parse(stored.get("ricochet.seat")!)).toMatchObject({ resume: welcome.resume });
  latest().say(welcome);
  expect([connection.state, latest().url]).toEqual(["playing", "wss://c.example/play"]);
  expect(heard.slice(told).filter(({ type }) => type === "error")).toEqual([]);
});

test("a server that leads to itself is left, and not asked again at once", () => {
  const { connection } = led();
  const opened = Socket.opened.length;
  latest().accept().say(MOVED);
  expect([connection.state, Socket.opened.length]).toEqual(["lost", opened]);
  vi.advanceTimersByTime(1000);
  expect(latest().url).toBe("ws://arena/play");
  expect(latest().accept().heard[0]).toMatchObject({ room: null, role: "visitor" });
});

test("who is led to where they are is told that the room can't be reached, and stays", () => {
  const { connection } = led("http://arena");
  expect(Socket.opened).toHaveLength(1);
  expect(heard.at(-1)).toMatchObject({ type: "error", code: 4010 });
  expect([connection.state, connection.room]).toEqual(["playing", welcome.room]);
});

test("whom the other server refuses is told why, and comes back as a visitor", () => {
  const { connection } = led();
  latest().accept().say({ type: "bye", code: 4011, sentence: "the room is full" }).end(4011);
  expect(heard.at(-1)).toMatchObject({ type: "error", sentence: "the room is full" });
  vi.advanceTimersByTime(1000);
  expect(latest().url).toBe("ws://arena/play");
  latest().accept().say(lobby);
  expect(connection.state).toBe("lobby");
});

test("an address that the browser doesn't connect to is a connection that broke", () => {
  vi.stubGlobal("WebSocket", class extends Socket {
    constructor(url: string, subprotocol: string) {
      if (url.startsWith("nonsense")) throw new SyntaxError(url);
      super(url, subprotocol);
    }
  });
  const { connection } = led("nonsense:/");
  expect(connection.state).toBe("lost");
  vi.advanceTimersByTime(1000);
  expect(latest().url).toBe("ws://arena/play");
});

test("a room is opened at the first server, whose arenas are offered", () => {
  const { connection } = led();
  const there = latest().accept().say(welcome);
  connection.go({ type: "open", title: "Ours", game: "build", arena: "draft:1", private: true });
  expect(there.heard.at(-1)).toEqual({ type: "leave" });
  expect(latest().url).toBe("ws://arena/play");
  expect(latest().accept().say(lobby).heard).toMatchObject([{ type: "hello", resume: null }, { type: "open", arena: "draft:1" }]);
});

test("who was told of other servers is back there within seconds when the first says nothing any more", () => {
  const { socket } = joined();
  socket.say({ type: "homes", urls: ["http://b.example", "http://c.example"] });
  expect(heard.filter(({ type }) => type === "homes")).toEqual([]);
  vi.advanceTimersByTime(9_000); // it has gone silent
  vi.advanceTimersByTime(1_000);
  expect([Socket.opened.length, latest().url]).toEqual([2, "ws://arena/play"]);
  vi.advanceTimersByTime(5_000); // nobody takes the connection
  vi.advanceTimersByTime(2_000);
  expect(Socket.opened.length).toBe(3);
  expect(["ws://b.example/play", "ws://c.example/play"]).toContain(latest().url);
  expect(latest().accept().heard[0]).toMatchObject({ room: welcome.room, resume: welcome.resume });
});

test("whose seat is kept is never far from the next attempt", () => {
  const { socket } = joined();
  socket.end(1006);
  for (let second = 0; second < 30; second += 3) {
    const { length } = Socket.opened;
    vi.advanceTimersByTime(3_000);
    expect(Socket.opened.length).toBeGreaterThan(length);
    latest().end(1006);
  }
});
