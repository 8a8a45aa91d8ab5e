import { expect, test } from "vitest";

import type { LobbyNews, MovedAway, Refusal, Welcome } from "./messages";
import { Itinerary, type Wish } from "./itinerary";

const [A, B] = ["wss://a.example/play", "wss://b.example/play"];
const MOVED: MovedAway = { type: "moved", url: "https://b.example", room: "pit", seat: "x.y.z", role: "player" };
const LOBBY: LobbyNews = { type: "lobby", rooms: [], games: [], people: 1, podium: null, reason: "" };
const ENTER: Wish = { type: "enter", room: "pit", role: "player", game: null };
const OPEN: Wish = { type: "open", title: "Ours", game: "melee", arena: "belt", private: true };
const BROWSE: Wish = { type: "browse" };
const VISITOR = { room: null, resume: null, role: "visitor", seat: null };

function welcome(room = "pit", role = "player", resume = "t1"): Welcome {
  return { type: "welcome", room, role, resume } as Welcome;
}

function error(code: number): Refusal {
  return { type: "error", code, sentence: "no" };
}

/** Somebody in the lobby. */
function visitor(): Itinerary {
  const itinerary = new Itinerary(A);
  expect(itinerary.hello()).toEqual(VISITOR);
  expect(itinerary.take(LOBBY)).toBeNull();
  return itinerary;
}

function player(): Itinerary {
  const itinerary = visitor();
  expect(itinerary.want(ENTER)).toEqual(ENTER);
  expect(itinerary.moving).toBe(true);
  expect(itinerary.take(welcome())).toBeNull();
  expect(itinerary.moving).toBe(false);
  return itinerary;
}

test("from the lobby into a room and back, over one connection", () => {
  const itinerary = player();
  expect(itinerary.seat).toEqual({ url: A, room: "pit", role: "player", resume: "t1" });
  expect(itinerary.want(BROWSE)).toEqual(BROWSE);
  itinerary.take(LOBBY);
  expect([itinerary.seat, itinerary.moving]).toEqual([null, false]);
});

test("news of the lobby are no answer to what was asked for", () => {
  const itinerary = visitor();
  itinerary.want(ENTER);
  itinerary.take(LOBBY);
  expect(itinerary.moving).toBe(true);
  expect(itinerary.want(OPEN)).toBeNull();
  itinerary.take(welcome());
  expect(itinerary.moving).toBe(false);
});

test("what is wished for before anybody listens is said as soon as somebody does", () => {
  const itinerary = new Itinerary(A);
  expect(itinerary.want(ENTER)).toBeNull();
  expect(itinerary.hello()).toEqual(VISITOR);
  expect(itinerary.take(LOBBY)).toEqual(ENTER);
  expect(itinerary.take(LOBBY)).toBeNull();
  itinerary.take(welcome());
  expect(itinerary.moving).toBe(false);
});

test("a refusal leaves one where one is; errors about other things are no refusal", () => {
  const itinerary = visitor();
  itinerary.want(ENTER);
  for (const code of [4008, 4015, 4018, 4023]) itinerary.take(error(code));
  expect(itinerary.moving).toBe(true);
  itinerary.take(error(4011));
  expect([itinerary.moving, itinerary.seat]).toEqual([false, null]);

  const watching = player();
  watching.want({ ...ENTER, role: "spectator" } as Wish);
  watching.take(error(4017));
  expect(watching.seat?.role).toBe("player");
});

test("a room that ends sends one to the lobby unasked", () => {
  const itinerary = player();
  itinerary.take({ ...LOBBY, reason: "the room is closed" });
  expect(itinerary.seat).toBeNull();
});

test("after a break one comes back to one's seat, and then says what was not answered", () => {
  const itinerary = player();
  expect(itinerary.ended(1006, 0)).toBe(true);
  expect(itinerary.hello()).toEqual({ ...VISITOR, room: "pit", resume: "t1" });
  expect(itinerary.greeted).toBe(false);
  expect(itinerary.take(welcome("pit", "player", "t2"))).toBeNull();
  expect(itinerary.seat?.resume).toBe("t2");

  itinerary.want(BROWSE);
  itinerary.ended(1006, 0);
  expect(itinerary.take(welcome("pit", "player", "t3"))).toEqual(BROWSE);
});

test("where the seat is gone one goes to the same room as a newcomer", () => {
  const itinerary = player();
  itinerary.ended(1012, 0);
  itinerary.take(error(4015));
  expect(itinerary.take(LOBBY)).toEqual({ type: "enter", room: "pit", role: "player", game: null });
  itinerary.take(error(4010));
  expect([itinerary.moving, itinerary.seat]).toEqual([false, null]);
  itinerary.ended(1006, 0);
  expect(itinerary.take(LOBBY)).toBeNull();
});

test("who wanted to leave before the connection broke is not sent back", () => {
  const itinerary = player();
  itinerary.want(BROWSE);
  itinerary.ended(1006, 0);
  expect(itinerary.take(LOBBY)).toBeNull();
  expect([itinerary.moving, itinerary.seat]).toEqual([false, null]);
});

test("no room is opened twice", () => {
  const itinerary = visitor();
  expect(itinerary.want(OPEN)).toEqual(OPEN);
  itinerary.ended(1006, 0);
  expect(itinerary.take(LOBBY)).toBeNull();
  expect(itinerary.moving).toBe(false);
});

test("who was replaced, or isn't welcome, doesn't come back", () => {
  const replaced = player();
  expect(replaced.ended(4030, 0)).toBe(false);
  expect(replaced.hello()).toEqual(VISITOR);
  const banned = visitor();
  banned.want(ENTER);
  expect(banned.ended(4021, 0)).toBe(false);
  expect(banned.moving).toBe(false);
});

test("a reload comes back to the seat that the tab remembers", () => {
  const itinerary = new Itinerary(A, { url: A, room: "pit", role: "player", resume: "t9" });
  expect(itinerary.hello()).toEqual({ ...VISITOR, room: "pit", resume: "t9" });
});

test("a room that is elsewhere is said hello to there, once", () => {
  const itinerary = visitor();
  itinerary.want(ENTER);
  expect([itinerary.moved(MOVED), itinerary.url]).toEqual([true, B]);
  expect(itinerary.moving).toBe(false);
  itinerary.left();
  expect(itinerary.hello()).toEqual({ room: "pit", resume: null, role: "player", seat: "x.y.z" });
  expect(itinerary.take(welcome())).toBeNull();
  expect(itinerary.seat).toEqual({ url: B, room: "pit", role: "player", resume: "t1" });
  itinerary.ended(1006, 0);
  expect(itinerary.hello()).toEqual({ ...VISITOR, room: "pit", resume: "t1" });
});

/** Somebody who was led to B; `greeted`: and let in. */
function led(greeted: boolean): Itinerary {
  const itinerary = visitor();
  itinerary.want(ENTER);
  itinerary.moved(MOVED);
  itinerary.left();
  if (greeted) itinerary.take(welcome());
  return itinerary;
}

test("whom a hello leads on goes on once, and not in a circle", () => {
  const itinerary = led(false);
  expect(itinerary.moved({ ...MOVED, url: "https://b.example/" })).toBe(false);
  const again = led(false);
  expect(again.moved({ ...MOVED, url: "https://c.example" })).toBe(true);
  again.left();
  expect(again.moved({ ...MOVED, url: "https://d.example" })).toBe(false);
  again.ended(1006, 0);
  expect([again.url, again.hello()]).toEqual([A, VISITOR]);
});

test("nobody is led from an encrypted server to one that isn't, and stays where they are", () => {
  const itinerary = player();
  itinerary.want(ENTER);
  expect(itinerary.moved({ ...MOVED, url: "http://b.example" })).toBe(false);
  expect([itinerary.url, itinerary.seat?.room]).toEqual([A, "pit"]);
  expect(new Itinerary(A, { url: "ws://b.example/play", room: "pit", role: "player", resume: "t" }).url).toBe(A);
});

test.each([1006, 4011, 4004, 4034])("whom the other server doesn't let in (%i) is a visitor of the first", (code) => {
  const itinerary = led(false);
  expect(itinerary.led).toBe(true);
  expect(itinerary.ended(code, 0)).toBe(true);
  expect([itinerary.led, itinerary.url, itinerary.hello()]).toEqual([false, A, VISITOR]);
  expect(itinerary.take(LOBBY)).toBeNull();
});

test("the other server and the first are tried by turns for as long as a seat is kept; then the first alone", () => {
  const itinerary = led(true);
  for (const [now_ms, url] of [[0, B], [1_000, A], [2_000, B], [29_000, A], [31_000, A], [40_000, A]] as const) {
    itinerary.ended(1006, now_ms);
    expect([itinerary.url, itinerary.hello()]).toEqual([url, { ...VISITOR, room: "pit", resume: "t1" }]);
  }
  expect(itinerary.take(LOBBY)).toMatchObject({ type: "enter", room: "pit" });
});

test("a room that has lost its server is asked for at the first, and followed to wherever it comes up with one's token", () => {
  const itinerary = led(true);
  itinerary.ended(1006, 0);
  itinerary.ended(1006, 500);
  expect([itinerary.moved({ ...MOVED, seat: "s2" }), itinerary.url]).toEqual([true, B]);
  itinerary.left();
  expect(itinerary.hello()).toEqual({ room: "pit", resume: "t1", role: "player", seat: "s2" });
  itinerary.ended(1006, 1_000);
  for (let now_ms = 2_000; now_ms < 80_000; now_ms += 2_000) {
    expect([itinerary.url, itinerary.ended(4035, now_ms)]).toEqual([A, true]);
  }
  expect([itinerary.moved({ ...MOVED, url: "https://c.example" }), itinerary.hello().resume]).toEqual([true, "t1"]);
  itinerary.left();
  itinerary.take(welcome("pit", "player", "t2"));
  expect(itinerary.seat).toEqual({ url: "wss://c.example/play", room: "pit", role: "player", resume: "t2" });
});

test("who watched watches where the room comes up", () => {
  const itinerary = visitor();
  itinerary.want({ ...ENTER, role: "spectator" } as Wish);
  itinerary.take(welcome("pit", "spectator"));
  itinerary.ended(1006, 0);
  itinerary.moved(MOVED);
  expect(itinerary.hello().role).toBe("spectator");
});

test.each([4010, 4011])("whose seat is gone with its room (%i) is a visitor again", (code) => {
  const itinerary = led(true);
  itinerary.ended(1006, 0);
  expect(itinerary.ended(code, 1_000)).toBe(true);
  expect([itinerary.url, itinerary.hello()]).toEqual([A, VISITOR]);
});

test("a reload comes back to the server that has the seat", () => {
  const itinerary = new Itinerary(A, led(true).seat);
  expect([itinerary.url, itinerary.hello().resume]).toEqual([B, "t1"]);
  itinerary.ended(4004, 0);
  expect(itinerary.url).toBe(A);
});

test("who goes home is a visitor there", () => {
  const itinerary = led(true);
  expect([itinerary.goHome(), itinerary.goHome()]).toEqual([true, false]);
  expect([itinerary.url, itinerary.hello()]).toEqual([A, VISITOR]);
});

const C = "wss://c.example/play";

/** Somebody who plays at the first server, and knows of others. */
function knowing(urls: string[], random?: () => number): Itinerary {
  const itinerary = new Itinerary(A, null, random);
  itinerary.take(LOBBY);
  itinerary.want(ENTER);
  itinerary.take(welcome());
  itinerary.learn(urls);
  return itinerary;
}

/** Where one goes next after each of these closures. */
function route(itinerary: Itinerary, codes: readonly number[]): string[] {
  return codes.map((code, second) => {
    itinerary.ended(code, second * 1_000);
    return itinerary.url;
  });
}

test("a first server that doesn't answer hands over to the next, and has its turn again", () => {
  expect(route(knowing(["https://b.example"]), [1006, 1006, 1006, 1006])).toEqual([A, B, A, B]);
  const visitor = new Itinerary(A);
  visitor.take(LOBBY);
  visitor.learn(["https://b.example/", "https://c.example"]);
  expect(new Set(route(visitor, [1006, 1006, 1006]))).toEqual(new Set([A, B, C]));
  expect(visitor.url).not.toBe(A);
});

test("one that answers is the first from then on", () => {
  const itinerary = knowing(["https://b.example"]);
  expect(route(itinerary, [1006, 1006, 4035, 4035])).toEqual([A, B, B, B]);
  expect(itinerary.moved({ ...MOVED, url: "https://c.example" })).toBe(true);
  itinerary.left();
  itinerary.take(welcome());
  expect(route(itinerary, [1006, 1006, 1006, 1006])).toEqual([C, B, A, C]);
});

test("one that knows of no such room has answered", () => {
  expect(route(knowing(["https://b.example"]), [1006, 4010])).toEqual([A, A]);
});

test("the seat's server and all of the fleet are tried by turns", () => {
  const itinerary = led(true);
  itinerary.learn(["https://c.example"]);
  expect(route(itinerary, [1006, 1006, 1006, 1006, 1006])).toEqual([B, A, C, B, A]);
});

test("those of a lost server don't all go to the same", () => {
  const others = ["https://b.example", "https://c.example"];
  const drawn = [[0.1, 0.9], [0.9, 0.1]].map((numbers) => route(knowing(others, () => numbers.shift()!), [1006, 1006])[1]);
  expect(drawn).toEqual([B, C]);
});

test("only so many others are kept, and none that would be told a token in clear text", () => {
  const many = Array.from({ length: 100 }, (_, number) => `https://${number}.example`);
  const itinerary = new Itinerary(A);
  itinerary.take(LOBBY);
  itinerary.learn(["http://clear.example", ...many]);
  const tried = new Set(route(itinerary, Array<number>(300).fill(1006)));
  expect(tried.size).toBe(9);
  expect([...tried].every((url) => url.startsWith("wss:"))).toBe(true);
});

test("a server is waited for less long while there is another to try, unless all are slow", () => {
  expect(new Itinerary(A).patience_ms).toBe(10_000);
  const itinerary = knowing(["https://b.example"]);
  itinerary.ended(1006, 0);
  const waits_ms = Array.from({ length: 4 }, (_, second) => {
    const { patience_ms } = itinerary;
    itinerary.ended(1006, second * 1_000);
    return patience_ms;
  });
  expect(waits_ms).toEqual([4_000, 8_000, 10_000, 10_000]);
});

test("a seat is kept for half a minute from when it was lost", () => {
  const itinerary = player();
  itinerary.ended(1006, 1_000);
  expect([itinerary.isKept(1_000), itinerary.isKept(31_000), itinerary.isKept(31_001)]).toEqual([true, true, false]);
  itinerary.ended(4035, 40_000);
  expect(itinerary.isKept(60_000)).toBe(true);
  expect(visitor().isKept(0)).toBe(false);
});
