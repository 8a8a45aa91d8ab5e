import { afterEach, beforeEach, expect, test, vi } from "vitest";

import conversation from "../../../tests/golden/conversation.json";
import { jsonCodec } from "./codec";
import { Connection } from "./connection";
import { Socket } from "./held_socket";
import type { LobbyNews, ServerMessage } from "./messages";
import { PERFECT } from "./netsim";

const welcome = conversation.server[0]!.json;
const lobby: LobbyNews = { type: "lobby", rooms: [], games: [], people: 1, podium: null, reason: "" };
const heard: ServerMessage[] = [];
const states: string[] = [];
const stored = new Map<string, string>();

function visitor(): Connection {
  const connection: Connection = new Connection({ url: "ws://arena/play", token: "aa.bb.cc" }, jsonCodec, {
    heard: (message) => void heard.push(message),
    changed: () => void states.push(connection.state),
  });
  return connection;
}

function joined(): { connection: Connection; socket: Socket } {
  const connection = visitor();
  connection.join("Ada");
  return { connection, socket: latest().accept().say(welcome) };
}

function latest(): Socket {
  return Socket.opened.at(-1)!;
}

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

test("hello comes first, once the socket is open, and a welcome begins the game", () => {
  const { connection, socket } = joined();
  expect(socket.subprotocol).toBe("ricochet.v1.json");
  expect(socket.heard[0]).toEqual({ type: "hello", version: 1, name: "Ada", token: "aa.bb.cc", room: null, resume: null, role: "visitor", seat: null, bot: false });
  expect(connection.link(0)).toMatchObject({ state: "playing", reason: "", retry_in_s: 0 });
  expect(connection.room).toBe(welcome.room);
  expect(heard).toEqual([welcome]);
});

test("from the lobby to a room and back over one socket, and a wish that comes early is said in time", () => {
  const connection = visitor();
  connection.join("Ada", { type: "enter", room: "pit", role: "player", game: null });
  const socket = latest().accept();
  expect(socket.heard).toHaveLength(1);
  socket.say(lobby);
  expect(socket.heard.at(-1)).toEqual({ type: "enter", room: "pit", role: "player", game: null });
  expect(connection.state).toBe("moving");
  socket.say(lobby).say(welcome);
  expect(connection.state).toBe("playing");
  connection.go({ type: "browse" });
  expect(socket.heard.at(-1)).toEqual({ type: "browse" });
  expect(connection.state).toBe("moving");
  socket.say(lobby);
  expect([connection.state, connection.room]).toEqual(["lobby", null]);
  expect(states).toEqual(["moving", "playing", "moving", "lobby"]);
  expect(connection.traffic.connections).toBe(1);
});

test("what is refused leaves one in the lobby, over the same socket", () => {
  const connection = visitor();
  connection.join("Ada");
  const socket = latest().accept().say(lobby);
  connection.go({ type: "enter", room: "gone", role: "player", game: null });
  socket.say({ type: "error", code: 4010, sentence: "there is no room 'gone'" });
  expect(connection.state).toBe("lobby");
  expect(heard.at(-1)).toMatchObject({ type: "error", code: 4010 });
  expect(Socket.opened).toHaveLength(1);
});

test("another name is said before the wish that comes with it, over the same socket", () => {
  const connection = visitor();
  connection.join("Ada");
  const socket = latest().accept().say(lobby);
  connection.join("Grace", { type: "open", title: "Ours", game: "melee", arena: "belt", private: true });
  expect(socket.heard.slice(-2)).toMatchObject([{ type: "rename", name: "Grace" }, { type: "open", private: true }]);
  socket.say({ type: "error", code: 4007, sentence: "too many names" });
  expect(connection.state).toBe("moving");
  expect(socket.heard.at(-1)).toMatchObject({ type: "open" });
  connection.rename("Grace");
  expect(socket.heard.at(-1)).toMatchObject({ type: "rename", name: "Grace" });
  connection.drop();
  vi.advanceTimersByTime(1000);
  expect(latest().accept().heard[0]).toMatchObject({ type: "hello", name: "Grace" });
});

test("a name that comes while hello is under way is said after it", () => {
  const connection = visitor();
  connection.join("Ada");
  const socket = latest().accept();
  connection.join("Grace", { type: "browse" });
  expect(socket.heard).toHaveLength(1);
  socket.say(welcome);
  expect(socket.heard.slice(1)).toMatchObject([{ type: "rename", name: "Grace" }, { type: "browse" }]);
  expect(Socket.opened).toHaveLength(1);
});

test("in the lobby, where nothing may be new for long, pings keep the connection alive", () => {
  const connection = visitor();
  connection.join("Ada");
  const socket = latest().accept().say(lobby);
  for (let second = 0; second < 20; second += 1) {
    vi.advanceTimersByTime(1000);
    const ping = socket.heard.at(-1)!;
    expect(ping["type"]).toBe("ping");
    socket.say({ type: "pong", nonce: ping["nonce"], tick: 0 });
  }
  expect(connection.state).toBe("lobby");
  vi.advanceTimersByTime(10_000);
  expect(connection.state).toBe("lost");
});

test("a page that was hidden, and whose timers slept, doesn't take that for silence", () => {
  const connection = visitor();
  connection.join("Ada");
  latest().accept().say(lobby);
  vi.setSystemTime(Date.now() + 60_000);
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
  vi.advanceTimersByTime(1000);
  expect(connection.state).toBe("lobby");
  vi.restoreAllMocks();
});

test("a broken connection says so, waits, and resumes the same seat", () => {
  const { connection, socket } = joined();
  socket.end(1006);
  const link = connection.link(performance.now());
  expect(link.state).toBe("lost");
  expect(link.retry_in_s).toBeGreaterThan(0.2);
  expect(link.retry_in_s).toBeLessThan(0.8);
  vi.advanceTimersByTime(800);
  expect(Socket.opened).toHaveLength(2);
  expect(connection.state).toBe("lost");
  expect(latest().accept().heard[0]).toMatchObject({ type: "hello", resume: welcome.resume });
  latest().say(welcome);
  expect(connection.state).toBe("playing");
  expect(states).toEqual(["playing", "lost", "playing"]);
});

test("the attempt that was put off is made at once when somebody looks, and only that one", () => {
  const { connection, socket } = joined();
  connection.hurry();
  expect(Socket.opened).toHaveLength(1);
  socket.end(1006);
  connection.hurry();
  connection.hurry();
  expect(Socket.opened).toHaveLength(2);
  latest().accept().say(welcome);
  vi.advanceTimersByTime(2000);
  expect(Socket.opened).toHaveLength(2);
});

test("nobody's looking brings back what was refused", () => {
  const { connection, socket } = joined();
  socket.end(4011);
  connection.hurry();
  expect(Socket.opened).toHaveLength(1);
});

test("while nobody answers the delays grow", () => {
  const { socket } = joined();
  socket.end(1006);
  const opened = () => Socket.opened.length;
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const before = opened();
    vi.advanceTimersByTime(15_100);
    expect(opened()).toBeGreaterThan(before);
    latest().end(1006);
  }
  const before = opened();
  vi.advanceTimersByTime(4000);
  expect(opened()).toBe(before);
});

test("the reason stays while nobody answers", () => {
  const { connection, socket } = joined();
  socket.say({ type: "bye", code: 4032, sentence: "the server is stopping" }).end(4032);
  vi.advanceTimersByTime(1000);
  latest().end(1006);
  expect(connection.link(0)).toMatchObject({ state: "lost", reason: "the server is stopping" });
  vi.advanceTimersByTime(2000);
  latest().accept().say(welcome);
  expect(connection.link(0).reason).toBe("");
});

test("what was our fault is told in the server's words, and not tried again", () => {
  const { connection, socket } = joined();
  socket.say({ type: "bye", code: 4011, sentence: "The room is full: 64 players are in it." }).end(4011, "full");
  expect(connection.link(0)).toMatchObject({ state: "refused", reason: "The room is full: 64 players are in it.", retry_in_s: 0 });
  vi.advanceTimersByTime(60_000);
  expect(Socket.opened).toHaveLength(1);
  connection.join("Ada");
  expect(connection.state).toBe("connecting");
  expect(Socket.opened).toHaveLength(2);
});

test("a session that another tab took over is not fought for", () => {
  const { connection, socket } = joined();
  socket.end(4030, "replaced");
  expect(connection.state).toBe("refused");
  connection.join("Ada");
  expect(latest().accept().heard[0]).toMatchObject({ resume: null });
});

test("the round trip is measured once a second, riding on what arrives", () => {
  const { connection, socket } = joined();
  const pings = () => socket.heard.filter(({ type }) => type === "ping");
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  const before = pings().length;
  vi.advanceTimersByTime(1000);
  expect(pings()).toHaveLength(before);
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  const ping = pings().at(-1)!;
  vi.advanceTimersByTime(42);
  socket.say({ type: "pong", nonce: ping["nonce"], tick: 5 });
  expect(connection.rtt_ms).toBeCloseTo(42, 2);
  expect(heard.some(({ type }) => type === "pong")).toBe(false);
});

test("silence is a broken connection too", () => {
  const { connection, socket } = joined();
  vi.advanceTimersByTime(7000);
  socket.say({ type: "event", tick: 1, name: "x", body: {} });
  vi.advanceTimersByTime(7000);
  expect(connection.state).toBe("playing");
  vi.advanceTimersByTime(2500);
  expect(connection.state).not.toBe("playing");
  expect(socket.readyState).toBe(3);
});

test("dropping is what the network does, and nothing that arrives late is taken", () => {
  const { connection, socket } = joined();
  connection.drop();
  expect(connection.state).toBe("lost");
  socket.say({ type: "event", tick: 1, name: "late", body: {} });
  expect(heard).toHaveLength(1);
  connection.send({ type: "chat", text: "anyone?", to: "room" });
  expect(socket.heard.some(({ type }) => type === "chat")).toBe(false);
});

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

/** Ada, who plays at ws://arena and is led to another server. */
function led(url = "https://b.example/"): { connection: Connection; socket: Socket } {
  const { connection, socket } = joined();
  connection.go({ type: "enter", room: "pit", role: "player", game: null });
  socket.say({ ...MOVED, url });
  return { connection, socket };
}

const MOVED = { type: "moved", url: "https://b.example/", room: "pit", seat: "x.y.z", role: "player" };

test("a room that is elsewhere is played there, and come back to for as long as the seat may be kept", () => {
  const { connection, socket } = led();
  expect(latest()).not.toBe(socket);
  expect(socket.heard.at(-1)).toEqual({ type: "leave" });
  expect(latest().url).toBe("wss://b.example/play");
  const there = latest().accept();
  expect(there.heard[0]).toMatchObject({ room: "pit", resume: null, role: "player", seat: "x.y.z" });
  there.say(welcome);
  expect(connection.state).toBe("playing");
  expect(JSON.parse(stored.get("ricochet.seat")!)).toMatchObject({ url: "wss://b.example/play" });
  there.end(1006);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    vi.advanceTimersByTime(4_000);
    expect(latest().url).toBe("wss://b.example/play");
    latest().end(1006);
  }
  for (let attempt = 0; attempt < 4; attempt += 1) {
    vi.advanceTimersByTime(15_000);
    latest().end(1006);
  }
  expect(latest().url).toBe("ws://arena/play");
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

test("another name that one took while the connection was broken is said when one is back in one's seat", () => {
  const { connection, socket } = joined();
  socket.end(1006);
  connection.rename("Grace");
  vi.advanceTimersByTime(1000);
  latest().accept().say(welcome);
  const renames = () => latest().heard.filter(({ type }) => type === "rename");
  expect(renames()).toEqual([{ type: "rename", name: "Grace" }]);
  latest().say({ type: "error", code: 4007, sentence: "too many names" }).say(welcome);
  expect(renames()).toHaveLength(1);
});
