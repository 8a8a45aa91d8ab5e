/**
 * The short way in: one call, and there is a client in the lobby, kept going.
 */

import { attend } from "./attend";
import { Client, type ClientOptions } from "./client";
import { loadEngine } from "./physics";

export interface ConnectOptions extends Omit<ClientOptions, "url"> {
  /** 1 to 20 printable characters. */
  name: string;
}

/**
 * Loads the engine, connects to `url` and comes into the lobby, or back to the seat that the tab remembers. Whoever has the
 * client can `enter` at once: it is said as soon as the server listens; `close` ends all of it. Rejects with `CannotForesee` where there is no WebAssembly.
 */
export async function connect(url: string, { name, ...options }: ConnectOptions): Promise<Client> {
  const client = new Client(await loadEngine(), { ...options, url });
  client.unattended = attend(client);
  client.join(name);
  return client;
}
