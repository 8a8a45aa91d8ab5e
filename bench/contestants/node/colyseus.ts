/**
 * The contestants `colyseus` and, with --view, `colyseus-view`: one room of Colyseus on its `ws` transport.
 *
 * Without --view everybody is sent every ship, encoded once; with it, everybody has a StateView of the ships in the
 * cells around, kept as Colyseus' own page on it tells.
 *
 * The room's patches follow our own loop, one for each tick: its `setFixedTimestep` and `patchRate` are two intervals
 * that drift and beat against each other. Inputs are messages; `defineInput` would copy every patch for every client
 * to put an acknowledgement before it.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Room, Server, matchMaker, type Client } from "@colyseus/core";
import { Encoder, StateView } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

import { FilteredState, OpenState, ShipState, publish, type ArenaState } from "./arena_state.ts";
import { BACKLOG, HOST, ready, settingsFromArguments } from "./contestant.ts";
import { Interest } from "./interest.ts";
import { Lateness, keepTime } from "./loop.ts";
import { INPUT, inputFrom } from "./wire.ts";
import { Grid, Ship, birthplace } from "./world.ts";

/** Room for one tick's patches of all clients: growing it means encoding anew. */
const PATCH_BYTES_PER_CLIENT = 4096;

const INVALID_PAYLOAD = 1007;

const settings = settingsFromArguments();
const lateness = new Lateness();

interface Player {
  readonly ship: Ship;
  readonly state: ShipState;
}

class Arena extends Room<{ state: ArenaState }> {
  override maxClients = settings.clients;
  override autoDispose = false;
  /** None of its own: `advance` sends the patches. */
  override patchRate = null;
  override state: ArenaState = settings.view ? new FilteredState() : new OpenState();

  private readonly players = new Map<string, Player>();
  private readonly interest = new Interest<ShipState>(new Grid(settings.arenaUnits));
  private born = 0;

  override onCreate(): void {
    this.onMessage(INPUT, (client: Client, message: unknown) => this.receive(client, message));
    keepTime(settings.tickRate, () => this.advance(), lateness);
  }

  override onJoin(client: Client): void {
    const id = ++this.born;
    const { x, y } = birthplace(id - 1, settings.clients, settings.arenaUnits);
    const player = { ship: new Ship(id, x, y), state: new ShipState() };
    publish(player.state, player.ship);
    this.players.set(client.sessionId, player);
    this.state.ships.set(client.sessionId, player.state);
    if (settings.view) {
      client.view = new StateView();
      this.interest.place(player.state, x, y);
      this.interest.look(client.view, x, y);
    }
  }

  override onLeave(client: Client): void {
    const player = this.players.get(client.sessionId);
    if (player === undefined) return;
    this.players.delete(client.sessionId);
    this.state.ships.delete(client.sessionId);
    if (client.view) {
      this.interest.forget(player.state, client.view);
      client.view.dispose();
    }
  }

  private receive(client: Client, message: unknown): void {
    const input = inputFrom(message);
    if (input === undefined) client.leave(INVALID_PAYLOAD);
    else this.players.get(client.sessionId)?.ship.steer(input);
  }

  private advance(): void {
    for (const player of this.players.values()) {
      player.ship.move(settings.arenaUnits, settings.tickRate);
      publish(player.state, player.ship);
    }
    if (settings.view) this.lookAround();
    this.broadcastPatch();
  }

  /** Ships first, then eyes: so that each change of a sight is told once. */
  private lookAround(): void {
    for (const { ship, state } of this.players.values()) this.interest.place(state, ship.x, ship.y);
    for (const client of this.clients) {
      const player = this.players.get(client.sessionId);
      if (player !== undefined && client.view) this.interest.look(client.view, player.ship.x, player.ship.y);
    }
  }
}

Encoder.BUFFER_SIZE = settings.clients * PATCH_BYTES_PER_CLIENT;

const http = createServer();
const server = new Server({
  // Without pings, as the other contestants.
  transport: new WebSocketTransport({ server: http, pingInterval: 0 }),
  greet: false,
  gracefullyShutdown: false,
});
server.define("arena", Arena);
await server.listen(settings.port, HOST, BACKLOG);
await matchMaker.createRoom("arena", {});
ready((http.address() as AddressInfo).port, lateness);
