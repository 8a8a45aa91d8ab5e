import { Backoff } from "@ricochet/sdk";
import { describe, expect, it } from "vitest";
import { Feed, type FeedState, SILENCE_S_MAX, STALE_S, statsBeside } from "./feed";
import { NO_PAST, stats } from "./stats.fixture";
import type { ServerMessage, Stats } from "./wire";

/** A server at the other end of sockets in memory, and the time. */
class Server {
  now_s = 100;
  readonly sockets: Socket[] = [];
  readonly told: Stats[] = [];
  remembered: number[] = [];
  readonly states: FeedState[] = [];
  readonly feed = new Feed(
    {
      socket: (subprotocol) => {
        this.sockets.push(new Socket(subprotocol));
        return this.newest as unknown as WebSocket;
      },
      now_s: () => this.now_s,
      later: (what, after_s) => {
        this.due = { what, at_s: this.now_s + after_s };
        return () => void (this.due = null);
      },
    },
    { remembered: ({ at_ms }) => void (this.remembered = at_ms), told: (message) => void this.told.push(message), changed: (state) => void this.states.push(state) },
    new Backoff(() => 0.5),
  );
  due: { what: () => void; at_s: number } | null = null;

  get newest(): Socket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }

  welcome(): void {
    this.newest.onopen?.();
    this.newest.say({ type: "welcome", subject: "root", every_s: 0.5, past: { ...NO_PAST, at_ms: [1, 2] } });
  }

  pass(seconds: number): void {
    this.now_s += seconds;
    if (this.due !== null && this.due.at_s <= this.now_s) {
      const { what } = this.due;
      this.due = null;
      what();
    }
  }
}

class Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly heard: unknown[] = [];
  closed: number | null = null;
  readonly subprotocol: string;

  constructor(subprotocol: string) {
    this.subprotocol = subprotocol;
  }

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closed = code;
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  end(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }
}

describe("the feed", () => {
  it("shows its token in the first message, and is told", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.welcome();
    server.newest.say(stats({ at_ms: 7 }));
    expect(server.newest.subprotocol).toBe("ricochet.stats.v1.json");
    expect(server.newest.heard).toEqual([{ type: "hello", version: 1, token: "secret" }, { type: "look", search: "", first: 0 }]);
    expect(server.told.map(({ at_ms }) => at_ms)).toEqual([7]);
    expect(server.remembered).toEqual([1, 2]);
    expect(server.feed.state).toEqual({ name: "live", subject: "root", heard_s: 100 });
  });

  it("comes back after ever longer pauses, and asks again what it was looking at", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.welcome();
    server.feed.look({ search: "ann", first: 50 });
    server.newest.say({ type: "bye", code: 4032, sentence: "the server is stopping" });
    server.newest.end(4032);
    expect(server.feed.state).toEqual({ name: "waiting", until_s: 100.5, why: "the server is stopping" });
    server.pass(0.5);
    server.newest.end(1006);
    expect(server.feed.state).toMatchObject({ name: "waiting", until_s: 101.5 });
    server.pass(1);
    expect(server.sockets.length).toBe(3);
    server.welcome();
    expect(server.newest.heard.at(-1)).toEqual({ type: "look", search: "ann", first: 50 });
  });

  it("signs out when it is refused, and says why", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.newest.say({ type: "bye", code: 4017, sentence: "the server's numbers are for admins" });
    server.newest.end(4017);
    expect(server.feed.state).toEqual({ name: "signed_out", why: "the server's numbers are for admins" });
    expect(server.due).toBeNull();
  });

  it("says when what it has is stale", () => {
    const server = new Server();
    server.feed.signIn("secret");
    expect(server.feed.staleFor_s()).toBeNull();
    server.welcome();
    server.pass(STALE_S);
    expect(server.feed.staleFor_s()).toBeNull();
    server.pass(1);
    expect(server.feed.staleFor_s()).toBe(STALE_S + 1);
    server.newest.say(stats());
    expect(server.feed.staleFor_s()).toBeNull();
  });

  it("leaves a connection by which nothing comes any more, and comes back by another", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.welcome();
    const socket = server.newest;
    server.pass(SILENCE_S_MAX);
    server.feed.tend();
    expect(server.feed.state.name).toBe("live");
    server.pass(0.1);
    server.feed.tend();
    expect(server.feed.state).toMatchObject({ name: "waiting", why: "the server has gone silent" });
    expect(socket.onmessage).toBeNull();
    server.pass(1);
    expect(server.sockets.length).toBe(2);
    server.pass(SILENCE_S_MAX + 1);
    server.feed.tend();
    expect(server.feed.state.name, "one that never opens is left, too").toBe("waiting");
    server.feed.tend();
    server.feed.signOut();
    server.feed.tend();
    expect(server.feed.state.name).toBe("signed_out");
  });

  it("is silent once signed out", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.welcome();
    const socket = server.newest;
    server.feed.signOut();
    expect(socket.closed).toBe(1000);
    socket.say(stats());
    socket.end(1006);
    expect(server.told).toEqual([]);
    expect(server.feed.state).toEqual({ name: "signed_out", why: "" });
    expect(server.due).toBeNull();
  });

  it("doesn't come back for somebody who has signed out meanwhile", () => {
    const server = new Server();
    server.feed.signIn("secret");
    server.newest.end(1006);
    server.feed.signOut();
    server.pass(60);
    expect(server.sockets.length).toBe(1);
  });
});

describe("where the numbers are", () => {
  it.each([
    ["https://game.example/dashboard#token=x", "wss://game.example/stats"],
    ["http://127.0.0.1:8000/dashboard", "ws://127.0.0.1:8000/stats"],
    ["https://game.example/2/dashboard", "wss://game.example/2/stats"],
  ])("they are beside %s", (page, there) => {
    expect(statsBeside(page).href).toBe(there);
  });
});
