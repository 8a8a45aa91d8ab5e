/**
 * The page: look and client are made here and introduced to each other; nothing is decided here.
 *
 * Ticks are taken when they are due, by a timer as well as before each render frame: a slow graphics card must not slow the
 * inputs. Messages are taken as they arrive, in between.
 */

import {
  type Arena, CannotForesee, Client, type Engine, type LinkState, NOTHING, PERFECT, type Scene, type ServerMessage, attend, bringsToken,
  dropToken, loadEngine, takeToken,
} from "@ricochet/sdk";
import { Builder } from "./build/builder";
import { FilesDialog } from "./build/files_dialog";
import { Library } from "./build/library";
import { channelsOf } from "./chat/channels";
import { element } from "./hud/dom";
import { firstWish } from "./lobby/first_wish";
import { addressIn } from "./lobby/links";
import { CannotDraw, type PageLook, openLook } from "./look";
import { type Probe, probe } from "./probe";
import { type Query, readQuery } from "./query";
import { Refusals } from "./refusals";
import { settings } from "./settings";
import { askForSheetsAgain } from "./sheets";

declare global {
  interface Window {
    ricochet?: Probe;
  }
}

const MEASURE_EVERY_MS = 1000;
const NAMELESS = "Pilot";
const BROKEN = "Ricochet could not start. Loading the page again may help.";

/** What there is to see outside of a room: how the connection does. */
function emptyScene(time_s: number, link: LinkState): Scene {
  const camera = { x: 0, y: 0 };
  return { time_s, tick: 0, tick_rate: 60, entities: [], me: null, me_id: 0, aim: 0, camera, hud: {}, players: new Map(), match: null, description: NOTHING, team_scores: [], stops_tick: null, starts_in_s: null, link };
}

function middleOf({ size: { width, height } }: Arena): { x: number; y: number } {
  return { x: width / 2, y: height / 2 };
}

async function open(root: HTMLElement): Promise<void> {
  const query = readQuery(location);
  const rename = (hash: string) => history.replaceState(null, "", location.pathname + location.search + hash);
  const token = takeToken({ hash: location.hash, memory: () => sessionStorage, rename });
  const library = new Library(token);
  // The lobby is there before the rest: whoever is faster than the graphics card joins as soon as there is a picture.
  const then = (does: (client: Client) => void) => void starting.then(does, () => undefined);
  const opening = openLook(root, {
    go: (name, wish) => then(({ connection }) => (name === null ? connection.go(wish) : connection.join(name, wish))),
    rename: (name) => then((client) => client.rename(name)),
    again: () => then(tryAgain),
    chat: (to, text) => then((client) => client.chat(text, to)),
    watch: (player, x, y) => then((client) => client.watch(player, x, y)),
    network: (weather) => then(({ connection }) => connection.worsen({ ...PERFECT, ...weather })),
  }, library);
  const starting = Promise.all([opening, loadEngine()]).then(([look, engine]) => start(look, engine, query, token, library));
  await starting;
}

/** As well as it can be: by the page of a newer server, or without the token that isn't taken. */
function tryAgain({ connection, link }: Client): void {
  if (link.token === "refused") dropToken(() => sessionStorage);
  if (link.token === "refused" || link.outdated) location.reload();
  else connection.again();
}

/** Connects, and draws from now on. */
function start(look: PageLook, engine: Engine, { name, url, codec, ...asked }: Query, token: string | null, library: Library): Client {
  const client = new Client(engine, { url, token, codec, controls: look.controls, gauges: look.overlay, heard, changed });
  const builder = new Builder({
    send: (message) => client.connection.send(message),
    shown: (arena) => look.rearrange(arena),
    foreseen: (arena) => client.play?.rearrange(arena),
    notice: (sentence) => look.notice(sentence),
    ground: look.lens,
    files: (site) => files.show(site.room, site.name),
  });
  const files = new FilesDialog(library, {
    plan: () => builder.site.draft.confirmed,
    name: () => settings.name || NAMELESS,
    open: (arena, title, hidden) => client.open({ title, game: "build", arena, private: hidden }),
  });
  look.cover(builder.root, files.root);
  const refusals = new Refusals(look, look.overlay);
  let measured = { at_ms: performance.now(), bytes: 0 };

  function heard(message: ServerMessage): void {
    if (message.type === "welcome") {
      builder.leave();
      look.enter(message);
      look.at(client.connection.url);
      look.chat.begin(channelsOf(message));
    } else if (message.type === "lobby") {
      builder.leave();
      look.lobby(message);
    } else if (message.type === "chat") look.chat.add(message);
    else if (message.type === "error") refusals.take(message, client.link.state);
    else if (message.type === "edited" || message.type === "pointed") builder.take(message);
    else if (message.type === "event" && message.name === "building") build();
  }

  /** The room that we are in is one that is built in. */
  function build(): void {
    const { welcome } = client;
    if (welcome) builder.enter(welcome.room, welcome.player, welcome.arena, middleOf(welcome.arena));
  }

  /** Where frames are rare, it is said none the less that the connection is another now. */
  function changed(): void {
    const { room } = client.connection;
    if (client.link.state === "playing" || client.link.state === "lobby") history.replaceState(null, "", addressIn(room, location));
    draw();
  }

  function drawFrame(): void {
    requestAnimationFrame(drawFrame);
    client.step();
    draw();
  }

  function draw(): void {
    const now_ms = performance.now();
    if (builder.open && builder.builds) client.lookAt(builder.editor.eye);
    const scene = client.see(now_ms) ?? emptyScene(now_ms / 1000, client.link);
    for (const event of client.happened()) look.event(event, scene);
    const clip = client.slain();
    if (clip) look.slain(clip, scene);
    look.draw(scene);
    builder.draw(scene);
    client.play?.figures.add("frame_ms", performance.now() - now_ms);
    measure(now_ms);
  }

  function measure(now_ms: number): void {
    const elapsed_ms = now_ms - measured.at_ms;
    if (elapsed_ms < MEASURE_EVERY_MS) return;
    const bytes = client.connection.traffic.received_bytes;
    look.overlay.push("bytes_per_s", ((bytes - measured.bytes) * 1000) / elapsed_ms);
    measured = { at_ms: now_ms, bytes };
  }

  attend(client);
  window.ricochet = probe(client, look.overlay, () => builder, () => look.killcam.shown);
  client.join(name || settings.name || NAMELESS, firstWish(asked, client.connection.room));
  drawFrame();
  return client;
}

askForSheetsAgain();
window.addEventListener("hashchange", () => {
  if (bringsToken(location.hash)) location.reload();
});
const root = document.getElementById("game");
if (!root) throw new Error("the page has no #game");
open(root).catch((error: unknown) => {
  console.error(error);
  const apology = element("p", "apology panel", error instanceof CannotDraw || error instanceof CannotForesee ? error.message : BROKEN);
  apology.setAttribute("role", "alert");
  root.replaceChildren(apology);
});
