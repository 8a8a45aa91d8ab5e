/**
 * A replay's bytes, read: the twin of `protocol/replay.py`, whose header gives the format; PROTOCOL.md, section 10, says it in full.
 *
 * Blocks are followed from the beginning, so that a file that was cut is read up to its last whole block. A chunk is unpacked when
 * somebody asks for it, and no more than `CHUNKS_KEPT` are held. Whatever the bytes, they are read or refused with a `CannotPlay`,
 * whose message is a sentence for a person; nothing is unpacked that says it is larger than `PLAIN_BYTES_MAX`.
 */

import { decompress } from "fzstd";

import { msgpackCodec } from "../codec";
import { PROTOCOL_VERSION, type ServerMessage, type Welcome } from "../messages";

export const REPLAY_VERSION = 1;
export const FILE_BYTES_MAX = 256_000_000;
export const PLAIN_BYTES_MAX = 4 << 20;
const ITEM_BYTES_MAX = 1 << 20;
const CHUNKS_KEPT = 6;
const MAGIC = "RICOREPL";
const HEAD_BYTES = 10;
const BLOCK_BYTES = 17;
const CRC_AT = 13;
const [HEADER, CHUNK, INDEX] = [1, 2, 3];
/** How an event begins in msgpack: an array of four, and its number. */
const EVENT = [0x94, 18] as const;

export class CannotPlay extends Error {}

/** How somebody ended. */
export interface Placed {
  player: number;
  name: string;
  team: number;
  place: number;
  score: number;
  bot: boolean;
}

/** What was known at the end. */
export interface Index {
  first_tick: number;
  last_tick: number;
  match_tick: number;
  /** null: the match was broken off. */
  ended_tick: number | null;
  standings: Placed[];
}

interface Block {
  kind: number;
  tick: number;
  plain_bytes: number;
  packed: Uint8Array;
}

export class Recording {
  readonly welcome: Welcome;
  /** Unix time. */
  readonly recorded_s: number;
  /** The tick at which each chunk begins. */
  readonly chunk_ticks: readonly number[];
  /** null: the file was cut off. */
  readonly index: Index | null;
  readonly #chunks: readonly Block[];
  readonly #kept = new Map<number, Uint8Array[]>();

  constructor(file: Uint8Array) {
    const version = versionOf(file);
    if (version !== REPLAY_VERSION) {
      const age = version < REPLAY_VERSION ? "older than" : "newer than";
      refuse(`it is of version ${version}, ${age} the version ${REPLAY_VERSION} that can be played here`);
    }
    const [header, ...blocks] = wholeBlocks(file);
    if (header?.kind !== HEADER) refuse("not even its beginning is there");
    const [said, welcome] = itemsOf(header);
    const { protocol, recorded_s } = readJson<{ protocol: number; recorded_s: number }>(said);
    if (protocol !== PROTOCOL_VERSION) refuse(`its messages are of version ${protocol}, and those of ${PROTOCOL_VERSION} can be played here`);
    this.welcome = welcomeIn(welcome);
    this.recorded_s = recorded_s;
    this.#chunks = blocks.filter(({ kind }) => kind === CHUNK);
    this.chunk_ticks = this.#chunks.map(({ tick }) => tick);
    if (this.#chunks.length === 0) refuse("there is nothing in it");
    const last = blocks.at(-1);
    this.index = last?.kind === INDEX ? readJson<Index>(itemsOf(last)[0]) : null;
  }

  /** The messages of a chunk, still packed, in their order. */
  items(chunk: number): readonly Uint8Array[] {
    let items = this.#kept.get(chunk);
    if (!items) {
      items = itemsOf(this.#chunks[chunk]!);
      if (this.#kept.size >= CHUNKS_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
      this.#kept.set(chunk, items);
    }
    return items;
  }

  /** The last chunk that begins at `tick` or before; else the first. */
  chunkAt(tick: number): number {
    const after = this.chunk_ticks.findIndex((begins) => begins > tick);
    return after < 0 ? this.chunk_ticks.length - 1 : Math.max(0, after - 1);
  }
}

/** A message, or null for one that this client doesn't know. */
export function readItem(item: Uint8Array): ServerMessage | null {
  try {
    return msgpackCodec.decode(item as Uint8Array<ArrayBuffer>);
  } catch {
    return refuse("a message can't be read");
  }
}

/** Whether it is an event, at the price of a glance. */
export function isEvent(item: Uint8Array): boolean {
  return item[0] === EVENT[0] && item[1] === EVENT[1];
}

export function refuse(why: string): never {
  throw new CannotPlay(`This can't be played: ${why}.`);
}

function versionOf(file: Uint8Array): number {
  if (file.length > FILE_BYTES_MAX) refuse("no replay is as large as this");
  if (file.length < HEAD_BYTES || text(file.subarray(0, MAGIC.length)) !== MAGIC) refuse("it is no replay of Ricochet");
  return viewOf(file).getUint16(MAGIC.length, true);
}

function welcomeIn(item: Uint8Array | undefined): Welcome {
  const message = item && readItem(item);
  if (message?.type !== "welcome" || !(message.tick_rate >= 1) || !(message.snapshot_rate >= 1)) return refuse("its header has no welcome");
  return message;
}

function wholeBlocks(file: Uint8Array): Block[] {
  const [blocks, view] = [[] as Block[], viewOf(file)];
  for (let at = HEAD_BYTES; at + BLOCK_BYTES <= file.length; ) {
    const kind = file[at]!;
    const [tick, plain_bytes, packed_bytes, crc] = [1, 5, 9, CRC_AT].map((from) => view.getUint32(at + from, true)) as [number, number, number, number];
    const packed = file.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + packed_bytes);
    const is_whole = [HEADER, CHUNK, INDEX].includes(kind) && packed.length === packed_bytes;
    if (!is_whole || crc32(packed, crc32(file.subarray(at, at + CRC_AT))) !== crc) break;
    blocks.push({ kind, tick, plain_bytes, packed });
    if (kind === INDEX) break;
    at += BLOCK_BYTES + packed_bytes;
  }
  return blocks;
}

function itemsOf(block: Block): Uint8Array[] {
  const plain = unpacked(block);
  const [items, view] = [[] as Uint8Array[], viewOf(plain)];
  for (let at = 0; at < plain.length; ) {
    const length = at + 4 <= plain.length ? view.getUint32(at, true) : Infinity;
    if (length > ITEM_BYTES_MAX || at + 4 + length > plain.length) refuse("a block says that it is longer than it is");
    items.push(plain.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return items;
}

function unpacked({ packed, plain_bytes }: Block): Uint8Array {
  if (plain_bytes > PLAIN_BYTES_MAX) refuse("a block is larger than any may be");
  let plain: Uint8Array;
  try {
    plain = decompress(packed, new Uint8Array(plain_bytes));
  } catch {
    return refuse("a block can't be unpacked");
  }
  if (plain.length !== plain_bytes) refuse("a block is of another size than it says");
  return plain;
}

function readJson<Said>(item: Uint8Array | undefined): Said {
  try {
    return JSON.parse(text(item!)) as Said;
  } catch {
    return refuse("what it says of itself can't be read");
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 as in zlib, going on from `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}
