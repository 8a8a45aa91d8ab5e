/**
 * Bytes to messages and back, in both encodings: the twin of `protocol/codec.py`. The only place that knows msgpack.
 *
 *     msgpack   binary, `[number, field, …]`, fields in the order of the tables below
 *     JSON      text, `{"type": name, "field": …}`; the same fields, for reading and debugging
 *
 * The server is trusted to keep to PROTOCOL.md, so the shape of fields is not checked again. `decode` throws when a
 * message can't be read at all, and returns null for a message that this client doesn't know.
 */

import { decode as unpack, encode as pack } from "@msgpack/msgpack";

import { ENTRIES_MAX, encodeInputs } from "./input_rows";
import type { Inputs, ClientMessage, ServerMessage } from "./messages";
import type { Input } from "./motion";
import { unpackNear } from "./near";
import type { Published } from "./reckoning";
import { CHANGED_FIELDS, type CellDelta, type CellKeyframe, type Moved, type Snapshot, recordsFromFlat } from "./snapshot";
import { unpackChanges } from "./packing";

export type Wire = string | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** One subprotocol's encoding. */
export interface Codec {
  readonly subprotocol: string;
  encode(message: ClientMessage): string | Uint8Array<ArrayBuffer>;
  decode(wire: Wire): ServerMessage | null;
}

type Plain = Record<string, unknown>;
type Cells = Snapshot["cells"];

// msgpack -----------------------------------------------------------------------------------------------------

const CLIENT_FIELDS: Record<ClientMessage["type"], readonly [number: number, fields: readonly string[]]> = {
  hello: [1, ["version", "name", "token", "room", "resume", "role", "bot", "seat"]],
  inputs: [2, ["first_tick", "entries", "applied", "seen"]],
  ping: [3, ["nonce", "rtt_ms"]],
  chat: [4, ["text", "to"]],
  resync: [5, ["cell"]],
  leave: [6, []],
  enter: [7, ["room", "role", "game"]],
  open: [8, ["title", "game", "arena", "private"]],
  browse: [9, []],
  watch: [10, ["player", "x", "y"]],
  edit: [11, ["serial", "steps", "since", "checksum"]],
  point: [12, ["x", "y", "selected", "dx", "dy", "builds"]],
  rename: [13, ["name"]],
};

const SERVER_FIELDS = new Map<unknown, readonly [type: ServerMessage["type"], fields: readonly string[]]>([
  [
    16,
    [
      "welcome",
      [
        "version", "player", "room", "game", "tick", "tick_rate", "snapshot_rate", "cell_units",
        "resume", "role", "hud", "kinds", "arena", "players", "gun", "description", "title",
      ],
    ],
  ],
  [17, ["snapshot", ["tick", "ack", "slack_ms", "own", "hud", "left", "near", "cells"]]],
  [18, ["event", ["tick", "name", "body"]]],
  [19, ["pong", ["nonce", "tick"]]],
  [20, ["chat", ["player", "text", "to", "name", "old", "who"]]],
  [21, ["error", ["code", "sentence"]]],
  [22, ["bye", ["code", "sentence"]]],
  [23, ["lobby", ["rooms", "games", "people", "podium", "reason"]]],
  [24, ["edited", ["revision", "player", "serial", "steps", "checksum", "refused", "heard", "may_edit", "plan"]]],
  [25, ["pointed", ["people"]]],
  [26, ["moved", ["url", "room", "seat", "role"]]],
  [27, ["homes", ["urls"]]],
]);

const OWN_FIELDS = ["entity", "x", "y", "vx", "vy", "boost_ticks"];

export const msgpackCodec: Codec = {
  subprotocol: "ricochet.v1.msgpack",

  encode(message) {
    if (message.type === "inputs" && message.entries.length <= ENTRIES_MAX) return encodeInputs(message);
    const [number, fields] = CLIENT_FIELDS[message.type];
    const plain = message.type === "inputs" ? flattened(message) : { ...message };
    return pack([number, ...fields.map((field) => (plain as Plain)[field])]);
  },

  decode(wire) {
    if (typeof wire === "string") throw new TypeError("text on a binary subprotocol");
    const [number, ...values] = unpack(wire) as unknown[];
    const known = SERVER_FIELDS.get(number);
    if (!known) return null;
    const [type, fields] = known;
    const message: Plain = { type, ...named(fields, values) };
    if (type === "snapshot") {
      message["own"] = message["own"] && named(OWN_FIELDS, message["own"] as unknown[]);
      message["near"] = message["near"] && unpackNear(message["near"] as Uint8Array);
      message["cells"] = (message["cells"] as unknown[][]).map((cell) => cellFromFlat(cell, message["tick"] as number));
    }
    return message as unknown as ServerMessage;
  },
};

function flattened(inputs: Inputs): Plain {
  const entries = inputs.entries.map(({ move_x, move_y, aim, buttons, edges }: Input) => [move_x, move_y, aim, buttons, edges]);
  return { ...inputs, entries };
}

function named(fields: readonly string[], values: readonly unknown[]): Plain {
  return Object.fromEntries(fields.map((field, at) => [field, values[at]]));
}

function cellFromFlat(plain: unknown[], tick: number): CellKeyframe | CellDelta {
  if (!(plain[1] instanceof Uint8Array)) {
    const [cell, checksum, entities] = plain as [number, number, number[]];
    return { cell, keyframe: true, checksum, entities: recordsFromFlat(entities, tick) };
  }
  const [cell, changed, checksum = null, gone = [], entered = [], moved = []] = plain as FlatDelta;
  return {
    cell, keyframe: false, checksum, gone,
    entered: recordsFromFlat(entered, tick),
    changed: unpackChanges(changed),
    moved: movedFromFlat(moved),
  };
}

type FlatDelta = [number, Uint8Array, (number | null)?, number[]?, number[]?, (number | Uint8Array)[]?];

/** `[source, changed, source, changed, …]` */
function movedFromFlat(flat: (number | Uint8Array)[]): Moved[] {
  const moved: Moved[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    moved.push({ source: flat[at] as number, changed: unpackChanges(flat[at + 1] as Uint8Array) });
  }
  return moved;
}

// JSON --------------------------------------------------------------------------------------------------------

type AgedRecord = Omit<Published, "tick"> & { age: number };
type JsonChange = Record<string, number>;
type JsonMoved = { source: number; changed: JsonChange[] };
type JsonCell =
  | { cell: number; keyframe: true; checksum: number; entities: AgedRecord[] }
  | { cell: number; keyframe: false; checksum: number | null; gone: number[]; entered: AgedRecord[]; moved: JsonMoved[]; changed: JsonChange[] };

export const jsonCodec: Codec = {
  subprotocol: "ricochet.v1.json",

  encode: (message) => JSON.stringify(message),

  decode(wire) {
    if (typeof wire !== "string") throw new TypeError("binary on a text subprotocol");
    const message = JSON.parse(wire) as ServerMessage;
    if (!KNOWN_TYPES.has(message.type)) return null;
    if (message.type === "snapshot") message.cells = cellsFromObjects(message.cells as unknown as JsonCell[], message.tick);
    return message;
  },
};

const KNOWN_TYPES = new Set([...SERVER_FIELDS.values()].map(([type]) => type));

function cellsFromObjects(cells: JsonCell[], tick: number): Cells {
  const ticked = ({ age, ...record }: AgedRecord): Published => ({ ...record, tick: tick - age });
  return cells.map((cell) =>
    cell.keyframe
      ? { ...cell, entities: cell.entities.map(ticked) }
      : { ...cell, entered: cell.entered.map(ticked), moved: cell.moved.map(movedFromObject), changed: cell.changed.map(changeFromObject) },
  );
}

function movedFromObject({ source, changed }: JsonMoved): Moved {
  return { source, changed: changed.map(changeFromObject) };
}

function changeFromObject(record: JsonChange): number[] {
  const present = CHANGED_FIELDS.filter(([, names]) => names[0]! in record);
  const mask = present.reduce((bits, [bit]) => bits | bit, 0);
  return [record["id"]!, mask, ...present.flatMap(([, names]) => names.map((name) => record[name]!))];
}
