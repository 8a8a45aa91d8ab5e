/**
 * The arena library, as a page asks for it: `/api/arenas`. What goes wrong is a sentence for people (`Unkept`).
 *
 * What others have written (names, who saved) is only ever shown as text.
 */

import type { Arena } from "@ricochet/sdk";

export interface Version {
  version: number;
  by: string;
  /** Seconds since 1970. */
  saved_s: number;
}

export interface Book {
  name: string;
  /** It is somebody's: others save under another name. */
  owned: boolean;
  width: number;
  height: number;
  /** The oldest first. */
  versions: Version[];
}

/** What one has built and not saved: kept by itself, and seen by nobody else. */
export interface DraftInfo {
  id: string;
  /** Of the room where it was built. */
  title: string;
  arena: string;
  width: number;
  height: number;
  pieces: number;
  saved_s: number;
}

/** By which a room is opened with a draft. */
export function arenaOfDraft({ id }: DraftInfo): string {
  return `draft:${id}`;
}

export class Unkept extends Error {}

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export class Library {
  readonly #fetch: Fetch;
  readonly #token: string | null;

  constructor(token: string | null, fetches: Fetch = (url, init) => fetch(url, init)) {
    this.#token = token;
    this.#fetch = fetches;
  }

  async list(): Promise<Book[]> {
    return (await this.#ask("/api/arenas")) as Book[];
  }

  /** One's own drafts, the newest first. */
  async drafts(): Promise<DraftInfo[]> {
    return (await this.#ask("/api/drafts")) as DraftInfo[];
  }

  async readDraft(id: string): Promise<Arena> {
    return (await this.#ask(`/api/drafts/${encodeURIComponent(id)}`)) as Arena;
  }

  /** It is gone for good. */
  async discardDraft(id: string): Promise<void> {
    await this.#ask(`/api/drafts/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  /** A version, the newest by default, as a file has it. */
  async read(name: string, version: number | null = null): Promise<Arena> {
    return (await this.#ask(`${place(name)}${version === null ? "" : `?version=${version}`}`)) as Arena;
  }

  /** The number of the version that was made of it. */
  async save(name: string, by: string, arena: unknown): Promise<number> {
    const body = JSON.stringify(arena);
    const told = await this.#ask(`${place(name)}?by=${encodeURIComponent(by)}`, { method: "POST", body });
    return (told as { version: number }).version;
  }

  async #ask(url: string, init: RequestInit = {}): Promise<unknown> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (this.#token !== null) headers["Authorization"] = `Bearer ${this.#token}`;
    let response: Response;
    try {
      response = await this.#fetch(url, { ...init, headers });
    } catch {
      throw new Unkept("the server can't be reached");
    }
    const told: unknown = await response.json().catch(() => null);
    if (response.ok) return told;
    const sentence = (told as { error?: unknown } | null)?.error;
    throw new Unkept(typeof sentence === "string" ? sentence : `the server answered ${response.status}`);
  }
}

/** What people type as what the library takes: small letters, digits and hyphens. */
export function slug(typed: string): string {
  const plain = typed.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  return plain.replace(/[^a-z0-9]+/gu, "-").replace(/^-+/u, "").slice(0, 40).replace(/-+$/u, "");
}

function place(name: string): string {
  return `/api/arenas/${encodeURIComponent(name)}`;
}
