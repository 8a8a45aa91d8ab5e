/**
 * What is the same for every contestant process: its command line, the line `ready PORT`, and its signals.
 *
 *     SIGUSR1            a measuring window begins: lateness so far is forgotten
 *     SIGTERM, SIGINT    one line of JSON with the lateness since then, and the end, with status 0
 */

import { parseArgs } from "node:util";

import { Lateness } from "./loop.ts";

export const HOST = "127.0.0.1";
/** Connections the kernel holds while clients join. */
export const BACKLOG = 1024;

export interface Settings {
  /** 0: the system chooses. */
  port: number;
  /** So many may be connected at once. */
  clients: number;
  /** The side of the square arena. */
  arenaUnits: number;
  /** Of ticks and snapshots, per second. */
  tickRate: number;
  /** Whether Colyseus filters what each client sees. */
  view: boolean;
}

/** From the command line; ends the process with one sentence and status 2 where it makes no sense. */
export function settingsFromArguments(): Settings {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "0" },
        clients: { type: "string" },
        arena: { type: "string" },
        "tick-rate": { type: "string" },
        view: { type: "boolean", default: false },
      },
    });
    return {
      port: wholeNumber("--port", values.port, 0, 65_535),
      clients: wholeNumber("--clients", values.clients, 1, 65_535),
      arenaUnits: wholeNumber("--arena", values.arena, 1, 16_383),
      tickRate: wholeNumber("--tick-rate", values["tick-rate"], 5, 60),
      view: values.view,
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string | undefined, min: number, max: number): number {
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${option} takes a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** To be called when clients can connect. */
export function ready(port: number, lateness: Lateness): void {
  process.on("SIGUSR1", () => lateness.forget());
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      process.stdout.write(`${JSON.stringify(lateness.report())}\n`, () => process.exit(0));
    });
  }
  process.stdout.write(`ready ${port}\n`);
}
