/**
 * The contestant `node-ws`: a game server written by hand on `ws`, as someone who knows it well would write it.
 *
 * Each cell's ships are encoded once per tick, each view is joined once per tick however many look at it, and a viewer
 * costs one small header, one copy and one `send`. A viewer whose socket is full is skipped.
 */

import { WebSocketServer, type RawData, type WebSocket } from "ws";

import { BACKLOG, HOST, ready, settingsFromArguments } from "./contestant.ts";
import { Lateness, keepTime } from "./loop.ts";
import { decodeInput, encodeCell, encodeSnapshot, joinCells } from "./wire.ts";
import { Grid, Ship, birthplace } from "./world.ts";

const INPUT_BYTES_MAX = 64;
const TRY_AGAIN_LATER = 1013;
const INVALID_PAYLOAD = 1007;
/** Hoisted, so that no object is made for each message. */
const BINARY = { binary: true, compress: false };

interface Player {
  readonly socket: WebSocket;
  readonly ship: Ship;
  /** The tick of the newest input, told in every snapshot. */
  ack: number;
}

const settings = settingsFromArguments();
const grid = new Grid(settings.arenaUnits);
const players = new Set<Player>();
let born = 0;

const server = new WebSocketServer({
  host: HOST,
  port: settings.port,
  backlog: BACKLOG,
  maxPayload: INPUT_BYTES_MAX,
  perMessageDeflate: false,
  clientTracking: false,
});

server.on("connection", (socket) => {
  socket.on("error", (error) => console.error(error.message));
  if (players.size >= settings.clients) {
    socket.close(TRY_AGAIN_LATER);
    return;
  }
  const id = ++born;
  const { x, y } = birthplace(id - 1, settings.clients, settings.arenaUnits);
  const player: Player = { socket, ship: new Ship(id, x, y), ack: 0 };
  players.add(player);
  socket.on("close", () => players.delete(player));
  socket.on("message", (bytes) => receive(player, bytes));
});

function receive(player: Player, bytes: RawData): void {
  const input = decodeInput(bytes as Buffer); // what binaryType "nodebuffer", the default, gives
  if (input === undefined) {
    player.socket.close(INVALID_PAYLOAD);
    return;
  }
  player.ack = input.tick;
  player.ship.steer(input);
}

function advance(tick: number): void {
  const shipsByCell = new Map<number, Ship[]>();
  for (const { ship } of players) {
    ship.move(settings.arenaUnits, settings.tickRate);
    const cell = grid.cellAt(ship.x, ship.y);
    const ships = shipsByCell.get(cell);
    if (ships === undefined) shipsByCell.set(cell, [ship]);
    else ships.push(ship);
  }
  const cells = new Map<number, Buffer>();
  for (const [cell, ships] of shipsByCell) cells.set(cell, encodeCell(ships));
  post(tick, cells);
}

/** `cells` holds those that have ships in them. */
function post(tick: number, cells: ReadonlyMap<number, Buffer>): void {
  const views = new Map<readonly number[], Buffer>();
  for (const { socket, ship, ack } of players) {
    if (socket.bufferedAmount > 0) continue;
    const block = grid.around(ship.x, ship.y);
    let view = views.get(block);
    if (view === undefined) {
      view = joinCells(block.flatMap((cell) => cells.get(cell) ?? []));
      views.set(block, view);
    }
    socket.send(encodeSnapshot(tick, ack, ship, view), BINARY);
  }
}

server.on("listening", () => {
  const lateness = new Lateness();
  keepTime(settings.tickRate, advance, lateness);
  ready((server.address() as { port: number }).port, lateness);
});
