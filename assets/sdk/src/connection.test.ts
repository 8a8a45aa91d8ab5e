import { expect, test, vi } from "vitest";

import { heard, holdConnections, joined, latest, lobby, states, stored, visitor, welcome } from "./held_connection";
import { Socket } from "./held_socket";

holdConnections();

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

test("in a room that is seen late, where nothing comes until there is a picture, pings do, too", () => {
  const { connection, socket } = joined();
  for (let second = 0; second < 40; second += 1) {
    vi.advanceTimersByTime(1000);
    const pings = socket.heard.splice(0).filter(({ type }) => type === "ping");
    for (const { nonce } of pings) socket.say({ type: "pong", nonce, tick: 0 });
  }
  expect([connection.state, connection.traffic.connections]).toEqual(["playing", 1]);
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

/** What another page of the tab has remembered. */
function remember(seat: object): void {
  stored.set("ricochet.seat", JSON.stringify({ ...JSON.parse(stored.get("ricochet.seat")!), ...seat }));
}

test("a page that one goes back to has the seat to which another page of the tab has come back meanwhile", () => {
  const { connection, socket } = joined();
  connection.setAside();
  remember({ resume: "newer" });
  socket.end(1006);
  vi.advanceTimersByTime(1000);
  expect(latest().accept().heard[0]).toMatchObject({ type: "hello", room: welcome.room, resume: "newer" });
  connection.setAside();
  remember({ room: "elsewhere", resume: "another" });
  latest().end(1006);
  vi.advanceTimersByTime(2000);
  expect(latest().accept().heard[0]).toMatchObject({ type: "hello", room: welcome.room, resume: "newer" });
});

test("a seat of somebody else in the same page stays theirs", () => {
  const { socket } = joined();
  remember({ resume: "another" });
  socket.end(1006);
  vi.advanceTimersByTime(1000);
  expect(latest().accept().heard[0]).toMatchObject({ type: "hello", resume: welcome.resume });
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

test("a server that speaks another version by now says that the page is outdated", () => {
  const { connection, socket } = joined();
  socket.end(1012);
  vi.advanceTimersByTime(1000);
  latest().accept().end(4003, "this server speaks version 2, not 1");
  expect(connection.link(0)).toMatchObject({ state: "refused", outdated: true });
  connection.again();
  latest().accept().say(welcome);
  expect(connection.link(0)).toMatchObject({ state: "playing", outdated: false });
});

test("who is refused for their token, or for having none, can tell", () => {
  const { connection, socket } = joined();
  expect(connection.link(0)).toMatchObject({ state: "playing", token: null });
  socket.end(1012);
  vi.advanceTimersByTime(1000);
  latest().accept().end(4020, "the token has expired");
  expect(connection.link(0)).toMatchObject({ state: "refused", token: "refused" });
  connection.again();
  expect(connection.link(0)).toMatchObject({ state: "connecting", token: null });

  const guest = visitor(null);
  guest.join("Grace");
  latest().accept().end(4020, "this server asks for a token");
  expect(guest.link(0)).toMatchObject({ state: "refused", token: "missing" });
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
