/**
 * The hand-written servers' messages, as `bench/dialects/plain.py` speaks them: msgpack in binary frames.
 *
 *     client    [2, tick, move_x, move_y, aim, buttons]
 *     server    [17, tick, ack, id, x, y, vx, vy, angle, [cell, …]]    cell: [[id, x, y, vx, vy, angle], …]
 *
 * Positions are in 1/8 unit, velocities in 1/16 unit per second, angles in 1/256 turn, as `protocol/quantize.py` has them.
 */

import { Packr, Unpackr } from "msgpackr";

import type { Input, Ship } from "./world.ts";

export const INPUT = 2;
const SNAPSHOT = 17;
const POSITION_SCALE = 8;
const VELOCITY_SCALE = 16;

const MOVE_MAX = 127;
const AIM_STEPS = 4096;
const BUTTONS_MAX = 255;
const TICK_MAX = 2 ** 31 - 1;

/** How a msgpack array begins: with up to 15 elements, and with up to 65,535. */
const FIXARRAY = 0x90;
const FIXARRAY_MAX = 15;
const ARRAY_16 = 0xdc;
const SNAPSHOT_FIELDS = 10;

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

export type TickedInput = Input & { tick: number };

/** What a client sent; undefined where it is anything but an input whose numbers are in range. */
export function decodeInput(bytes: Buffer): TickedInput | undefined {
  let message: unknown;
  try {
    message = unpackr.unpack(bytes);
  } catch {
    return undefined;
  }
  return inputFrom(message);
}

/** The same, of a message that is decoded already. */
export function inputFrom(message: unknown): TickedInput | undefined {
  if (!Array.isArray(message) || message.length !== 6 || message[0] !== INPUT) return undefined;
  const [, tick, moveX, moveY, aim, buttons] = message;
  const sound =
    within(tick, 0, TICK_MAX) &&
    within(moveX, -MOVE_MAX, MOVE_MAX) &&
    within(moveY, -MOVE_MAX, MOVE_MAX) &&
    within(aim, 0, AIM_STEPS - 1) &&
    within(buttons, 0, BUTTONS_MAX);
  return sound ? { tick, moveX, moveY, aim } : undefined;
}

function within(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** The bytes of one cell, the same for everyone who sees it. */
export function encodeCell(ships: readonly Ship[]): Buffer {
  return packr.pack(ships.map(record));
}

/** The cells of one view, as the last element of a snapshot. */
export function joinCells(cells: readonly Buffer[]): Buffer {
  return Buffer.concat([arrayHeader(cells.length), ...cells]);
}

function arrayHeader(length: number): Buffer {
  return length <= FIXARRAY_MAX ? Buffer.of(FIXARRAY + length) : Buffer.of(ARRAY_16, length >> 8, length);
}

export function record(ship: Ship): number[] {
  return [
    ship.id,
    Math.round(ship.x * POSITION_SCALE),
    Math.round(ship.y * POSITION_SCALE),
    Math.round(ship.vx * VELOCITY_SCALE),
    Math.round(ship.vy * VELOCITY_SCALE),
    (ship.aim << 20) >> 24,
  ];
}

/** One viewer's snapshot: its own part, and the shared bytes of what it sees. */
export function encodeSnapshot(tick: number, ack: number, own: Ship, view: Buffer): Buffer {
  const head = packr.pack([SNAPSHOT, tick, ack, ...record(own)]);
  const snapshot = Buffer.allocUnsafe(head.length + view.length);
  snapshot.set(head);
  snapshot[0] = FIXARRAY + SNAPSHOT_FIELDS;
  snapshot.set(view, head.length);
  return snapshot;
}
