/**
 * Everything that a client needs, in one object: the connection, the lobby, and the stay in the room that one is in.
 *
 *     join, enter, open, browse, …       what one wants: each is said at once, and what comes of it is heard
 *     step                               takes the ticks that are due: sample the controls, foresee, say
 *     see                                what there is to draw, at any time and as often as one likes
 *     happened                           what has happened since it was last asked, when the picture has come to it
 *     slain                              how one was shot down, to be shown once more
 *     close                              leaves, for good
 *
 * Whoever makes one calls `step` often (see `attend`) and `see` once per frame. Nothing here draws, sounds or waits.
 */

import type { Clip } from "./clip";
import type { Codec } from "./codec";
import { msgpackCodec } from "./codec";
import { Connection } from "./connection";
import type { Wish } from "./itinerary";
import type { LobbyNews, Open, ServerMessage, Welcome } from "./messages";
import type { Engine } from "./physics";
import { Picture } from "./picture";
import { Play } from "./play";
import type { ChatTo, ControlSample, GameEvent, Gauges, LinkState, Scene, Vec } from "./scene";

export interface ClientOptions {
  /** Of the server's WebSocket: `wss://game.example/play`. */
  url: string;
  /** Who one is, where the server asks for that; without one, a guest. */
  token?: string | null;
  /** How messages are written; msgpack, unless one wants to read them. */
  codec?: Codec;
  /** What the player wants, asked once per tick; what it leaves out is not wanted. Without it one's ship is left alone. */
  controls?: { sample(): Partial<ControlSample> };
  /** Takes the numbers that tell how well it goes, by name. */
  gauges?: Gauges;
  /** A message has come, and what this client makes of it has been done. */
  heard?(message: ServerMessage): void;
  /** `link.state` is another now. */
  changed?(): void;
}

const IDLE: ControlSample = {
  move: { x: 0, y: 0 }, aim: 0, fire: false, boost: false, pulse: false, pressed: { fire: false, boost: false, pulse: false },
};
const UNREAD: Gauges = { push: () => undefined, counters: () => ({}) };

export class Client {
  readonly connection: Connection;
  /** The stay in the room that one is in, or was in last; null in the lobby. */
  play: Play | null = null;
  /** What was last heard of the rooms; null before one has been in the lobby. */
  lobby: LobbyNews | null = null;
  /** Ends what keeps it going in a page (`attend`), if anything does; called by `close`. */
  unattended: () => void = () => undefined;
  readonly #engine: Engine;
  readonly #options: ClientOptions;
  #picture: Picture | null = null;

  constructor(engine: Engine, options: ClientOptions) {
    const { url, token = null, codec = msgpackCodec } = options;
    this.#engine = engine;
    this.#options = options;
    this.connection = new Connection({ url, token }, codec, {
      heard: (message, now_ms) => this.#hear(message, now_ms),
      changed: () => options.changed?.(),
    });
  }

  /** How the connection does, in words for the player. */
  get link(): LinkState {
    return this.connection.link(performance.now());
  }

  /** How the room began for us: arena, kinds, rates, who is there; null outside of one. */
  get welcome(): Welcome | null {
    return this.play?.welcome ?? null;
  }

  /** Comes under this name (1 to 20 characters) into the lobby, or straight to what is wished for. Also: tries again. */
  join(name: string, wish: Wish | null = null): void {
    this.connection.join(name, wish);
  }

  /** Into this room; null: the best, of `game` if one is named. */
  enter(room: string | null = null, role: "player" | "spectator" = "player", game: string | null = null): void {
    this.connection.go({ type: "enter", room, role, game });
  }

  /** Opens a room and enters it. */
  open(room: Omit<Open, "type">): void {
    this.connection.go({ type: "open", ...room });
  }

  /** Leaves the room for the lobby. */
  browse(): void {
    this.connection.go({ type: "browse" });
  }

  /** Leaves for good: the ship is given up, and nothing goes on by itself any more. */
  close(): void {
    this.unattended();
    this.connection.close();
    this.play = this.#picture = this.lobby = null;
  }

  /** Says something to everyone in the room, in one's team, or in the lobby. */
  chat(text: string, to: ChatTo = "room"): void {
    this.connection.send({ type: "chat", text, to });
  }

  /** Is called so (1 to 20 characters) from now on; the room is told. */
  rename(name: string): void {
    this.connection.rename(name);
  }

  /** Of a spectator: looks along with `player`, or with 0 at a place, in units. */
  watch(player: number, x = 0, y = 0): void {
    this.connection.send({ type: "watch", player, x, y });
  }

  /** Takes the ticks that are due. */
  step(now_ms: number = performance.now()): void {
    if (this.connection.state === "playing") this.play?.step(now_ms);
  }

  /** What there is to see at `now_ms`; null outside of a room. It is valid until the next. */
  see(now_ms: number = performance.now()): Scene | null {
    const scene = this.#picture?.take(now_ms, this.connection.link(now_ms)) ?? null;
    this.play?.figures.add("picture_ms", performance.now() - now_ms);
    return scene;
  }

  /** Look there, for as long as there is no ship of ours to look from. */
  lookAt(point: Vec): void {
    this.#picture?.lookAt(point);
  }

  /** What has happened by the tick that the picture shows; each event once. */
  happened(): GameEvent[] {
    return this.play?.happened() ?? [];
  }

  /** How one was slain, once the picture shows it: the last few seconds, to be shown again; once each time. */
  slain(): Clip | null {
    return this.play?.slain() ?? null;
  }

  #hear(message: ServerMessage, now_ms: number): void {
    if (message.type === "welcome") this.#enter(message);
    else if (message.type === "lobby") this.#come(message);
    else this.play?.take(message, now_ms);
    if (message.type === "snapshot") this.play?.figures.add("snapshot_ms", performance.now() - now_ms);
    this.#options.heard?.(message);
  }

  #enter(welcome: Welcome): void {
    const { controls, gauges = UNREAD } = this.#options;
    const sample = () => ({ ...IDLE, ...controls?.sample() });
    this.play = new Play(welcome, this.#engine, this.connection, { sample }, gauges);
    this.#picture = new Picture(this.play);
  }

  #come(news: LobbyNews): void {
    this.lobby = news;
    this.play = this.#picture = null;
  }
}
