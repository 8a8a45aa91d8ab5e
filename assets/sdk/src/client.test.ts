import { afterEach, beforeEach, expect, test, vi } from "vitest";

import conversation from "../../../tests/golden/conversation.json";
import { Client, type ClientOptions } from "./client";
import { jsonCodec } from "./codec";
import { engine } from "./engine_inline";
import { Socket } from "./held_socket";
import type { LobbyNews, ServerMessage } from "./messages";

const welcome = conversation.server[0]!.json;
const lobby: LobbyNews = { type: "lobby", rooms: [], games: [], people: 1, podium: null, reason: "" };

function arrived(options: Partial<ClientOptions> = {}): { client: Client; socket: Socket } {
  const client = new Client(engine, { url: "ws://arena/play", codec: jsonCodec, ...options });
  client.join("Ada");
  return { client, socket: Socket.opened.at(-1)!.accept().say(lobby) };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.opened.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("one comes into the lobby, where there is nothing to see but the rooms", () => {
  const { client } = arrived();
  expect(client.lobby).toEqual(lobby);
  expect(client.link.state).toBe("lobby");
  expect([client.play, client.welcome, client.see(), client.happened()]).toEqual([null, null, null, []]);
});

test("what one wants is said, and a welcome begins a stay", () => {
  const { client, socket } = arrived();
  client.enter("pit", "spectator");
  expect(socket.heard.at(-1)).toEqual({ type: "enter", room: "pit", role: "spectator", game: null });
  socket.say(welcome);
  expect(client.welcome).toMatchObject({ room: welcome.room });
  expect(client.see()).toMatchObject({ me: null, link: { state: "playing" } });
  client.chat("hello");
  expect(socket.heard.at(-1)).toEqual({ type: "chat", text: "hello", to: "room" });
  client.browse();
  expect(socket.heard.at(-1)).toEqual({ type: "browse" });
  client.open({ title: "Ours", game: "melee", arena: "belt", private: true });
  expect(socket.heard.at(-1)).toEqual({ type: "browse" });
});

test("whoever closes it has left for good: the ship is given up, and no timer goes on", () => {
  const { client, socket } = arrived();
  client.unattended = vi.fn();
  client.enter();
  socket.say(welcome);
  client.close();
  expect(socket.heard.at(-1)).toEqual({ type: "leave" });
  expect(socket.readyState).toBe(3);
  expect(client.unattended).toHaveBeenCalledOnce();
  expect([client.play, client.see(), client.lobby]).toEqual([null, null, null]);
  expect(client.link).toMatchObject({ state: "refused", reason: "You have left.", retry_in_s: 0 });
  client.connection.drop();
  client.connection.hurry();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(120_000);
  expect(Socket.opened).toHaveLength(1);
});

test("one that is closed while it waits to come back waits no more, and may be joined again", () => {
  const { client, socket } = arrived();
  socket.end(1006);
  client.close();
  client.close();
  expect(vi.getTimerCount()).toBe(0);
  client.join("Ada");
  const again = Socket.opened.at(-1)!.accept();
  expect(again.heard).toMatchObject([{ type: "hello", name: "Ada", resume: null }]);
  again.say(lobby);
  expect(client.link.state).toBe("lobby");
});

test("each welcome is a stay of its own, and the lobby ends it", () => {
  const { client, socket } = arrived();
  client.enter();
  socket.say(welcome);
  const first = client.play;
  socket.say({ ...welcome, room: "another" });
  expect(client.play).not.toBe(first);
  socket.say({ ...lobby, reason: "the room is closed" });
  expect([client.play, client.see()]).toEqual([null, null]);
});

test("whoever listens hears of everything when it has been taken in", () => {
  const heard: string[] = [];
  let client: Client | undefined;
  const told = { heard: ({ type }: ServerMessage) => void heard.push(`${type} ${client?.play ? "in" : "out"}`), changed: vi.fn() };
  const stay = arrived(told);
  client = stay.client;
  client.enter();
  stay.socket.say(welcome).say({ type: "event", tick: 1, name: "joined", body: { id: 90, name: "Bob", colour: 1, bot: false, team: 0 } });
  stay.socket.say(lobby);
  expect(heard).toEqual(["lobby out", "welcome in", "event in", "lobby out"]);
  expect(told.changed).toHaveBeenCalledTimes(4); // lobby, moving, playing, lobby
});

test("no tick is taken but while one plays", () => {
  const { client, socket } = arrived();
  client.enter();
  socket.say(welcome);
  const step = vi.spyOn(client.play!, "step");
  client.step(1000);
  client.browse();
  client.step(1100);
  expect(step.mock.calls).toEqual([[1000]]);
});

test("what the controls leave out is not wanted", () => {
  const sample = () => ({ move: { x: 1, y: 0 }, fire: true });
  const { client, socket } = arrived({ controls: { sample } });
  client.enter();
  socket.say(welcome);
  socket.say({ type: "snapshot", tick: 100, ack: 0, slack_ms: null, own: null, hud: null, left: [], near: null, cells: [] });
  for (let ms = 0; ms < 200; ms += 8) {
    vi.advanceTimersByTime(8);
    client.step();
  }
  const inputs = socket.heard.filter(({ type }) => type === "inputs");
  expect(inputs.length).toBeGreaterThan(2);
  expect((inputs.at(-1)!["entries"] as unknown[])[0]).toEqual({ move_x: 127, move_y: 0, aim: 0, buttons: 1, edges: 0 });
});
