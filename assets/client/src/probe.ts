/**
 * `window.ricochet`: how things are, for tests that drive the page from outside and for the curious.
 *
 * To be read, not to be written. Two things can be done: `drop()` breaks the connection as the network would, and `forget()`
 * begins the figures and the counts anew.
 */

import type { Client, Gauges, LinkState, OwnDrawn, PlayerInfo, Summary } from "@ricochet/sdk";
import type { Builder, Told } from "./build/builder";
import type { Shown } from "./killcam/killcam";

export interface Probe {
  readonly state: LinkState["state"];
  /** The room that one is in, and as what; null: none. */
  readonly room: string | null;
  readonly role: string | null;
  /** Names of the rooms that the lobby told of last, and how many people are on the server. */
  readonly rooms: readonly string[];
  readonly people: number;
  /** The newest tick that was predicted. */
  readonly tick: number;
  readonly server_tick: number;
  /** Our player number; 0 before the welcome. */
  readonly player: number;
  readonly own: { x: number; y: number } | null;
  /** Where it was drawn last, and when. */
  readonly drawn: Readonly<OwnDrawn> | null;
  readonly hud: Readonly<Record<string, number>>;
  readonly ack: number;
  readonly entities: number;
  readonly scores: Readonly<Record<number, number>>;
  readonly kills: Readonly<Record<number, number>>;
  readonly checksum_mismatches: number;
  /** The latest of everything that the F3 panel shows, and what the connection counts. */
  readonly counters: Readonly<Record<string, number>>;
  /** What the prediction's figures were so far, by name, and its counts. */
  readonly figures: Readonly<Record<string, Summary>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Where an arena is built together: the plan, as the server has it and as we see it. */
  readonly build: Told | null;
  /** What the killcam shows; null: nothing. */
  readonly killcam: Shown | null;
  drop(): void;
  forget(): void;
}

export function probe(
  client: Client, gauges: Gauges, building: () => Builder | null = () => null, again: () => Shown | null = () => null,
): Probe {
  const { connection } = client;
  const playing = () => client.play;
  const of = (read: (player: PlayerInfo) => number) =>
    Object.fromEntries([...(playing()?.roster.players ?? [])].map(([id, player]) => [id, read(player)]));
  return {
    get state() {
      return connection.state;
    },
    get room() {
      return connection.room;
    },
    get role() {
      return client.welcome?.role ?? null;
    },
    get rooms() {
      return client.lobby?.rooms.map(({ name }) => name) ?? [];
    },
    get people() {
      return client.lobby?.people ?? 0;
    },
    get tick() {
      return playing()?.tick ?? 0;
    },
    get server_tick() {
      return playing()?.view.tick ?? 0;
    },
    get player() {
      return playing()?.welcome.player ?? 0;
    },
    get own() {
      const state = playing()?.prediction.state;
      return state ? { x: state.x, y: state.y } : null;
    },
    get drawn() {
      return playing()?.drawn ?? null;
    },
    get hud() {
      return { ...playing()?.hud };
    },
    get ack() {
      return playing()?.ack ?? 0;
    },
    get entities() {
      return playing()?.view.entities.size ?? 0;
    },
    get scores() {
      return of((player) => player.score);
    },
    get kills() {
      const column = playing()?.welcome.description?.columns.findIndex(({ label }) => label === "Kills") ?? -1;
      return of((player) => player.counts[column] ?? 0);
    },
    get checksum_mismatches() {
      return playing()?.view.checksum_mismatches ?? 0;
    },
    get counters() {
      return { ...gauges.counters(), ...connection.traffic, lead_snaps: playing()?.lead.snaps ?? 0 };
    },
    get figures() {
      return playing()?.figures.summaries() ?? {};
    },
    get counts() {
      const { replayed_body_ticks = 0, bodies_left_out = 0, late = 0, timed = 0 } = playing()?.figures ?? {};
      const { matched = 0, unforeseen = 0, dropped = 0 } = playing()?.shots ?? {};
      const shots = { shots_matched: matched, shots_unforeseen: unforeseen, shots_dropped: dropped };
      const history_bytes = playing()?.history?.bytes ?? 0;
      return { replayed_body_ticks, bodies_left_out, late, timed, ...shots, history_bytes };
    },
    get build() {
      const builder = building();
      return builder?.open ? builder.told : null;
    },
    get killcam() {
      return again();
    },
    drop: () => connection.drop(),
    forget: () => {
      playing()?.figures.forget();
      playing()?.shots?.forget();
    },
  };
}
