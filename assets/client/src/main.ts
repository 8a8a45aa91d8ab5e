/**
 * The page: look, connection, stay and picture are made here and introduced to each other; nothing is decided here.
 *
 * Ticks are taken when they are due, by a timer as well as before each render frame: a slow graphics card must not slow the
 * inputs. Messages are taken as they arrive, in between.
 */

import {
  type Arena, CannotForesee, Connection, type Engine, type LinkState, loadEngine, type Look, NOTHING, PERFECT, Picture, Play, type Scene,
  type ServerMessage, takeToken,
} from "@ricochet/sdk";
import { Builder } from "./build/builder";
import { FilesDialog } from "./build/files_dialog";
import { Library } from "./build/library";
import { channelsOf } from "./chat/channels";
import { element } from "./hud/dom";
import { CannotDraw, openLook } from "./look";
import { type Probe, probe } from "./probe";
import { readQuery } from "./query";
import { Refusals } from "./refusals";
import { settings } from "./settings";

declare global {
  interface Window {
    ricochet?: Probe;
  }
}

const STEP_EVERY_MS = 8;
const MEASURE_EVERY_MS = 1000;
const NAMELESS = "Pilot";
const BROKEN = "Ricochet could not start. Loading the page again may help.";

/** What there is to see before the first welcome: how the connection does. */
function emptyScene(time_s: number, link: LinkState): Scene {
  const camera = { x: 0, y: 0 };
  return { time_s, tick: 0, tick_rate: 60, entities: [], me: null, me_id: 0, aim: 0, camera, hud: {}, players: new Map(), match: null, description: NOTHING, team_scores: [], stops_tick: null, link };
}

function middleOf({ size: { width, height } }: Arena): { x: number; y: number } {
  return { x: width / 2, y: height / 2 };
}

async function open(root: HTMLElement): Promise<void> {
  const query = readQuery(location);
  const rename = (hash: string) => history.replaceState(null, "", location.pathname + location.search + hash);
  const token = takeToken({ hash: location.hash, memory: () => sessionStorage, rename });
  const connection = new Connection({ ...query, token }, query.codec, { heard: hear, changed: draw });
  const loading = loadEngine();
  const opening = openLook(root, {
    // The menu is there before the rest: whoever is faster than the graphics card joins as soon as there is a picture.
    play: (name) => void Promise.all([opening, loading]).then(() => join(name), () => undefined),
    chat: (to, text) => connection.send({ type: "chat", text, to }),
    network: (weather) => connection.worsen({ ...PERFECT, ...weather }),
  });
  const [look, engine]: [Look, Engine] = await Promise.all([opening, loading]);
  const builder = new Builder({
    send: (message) => connection.send(message),
    shown: (arena) => look.rearrange(arena),
    foreseen: (arena) => play?.rearrange(arena),
    notice: (sentence) => look.notice(sentence),
    ground: look.lens,
    files: (site) => files.show(site.name),
  });
  const files = new FilesDialog(new Library(token), {
    plan: () => builder.site.draft.confirmed,
    name: () => settings.name || NAMELESS,
    open: (arena) => connection.send({ type: "open", title: arena, game: "build", arena, private: false }),
  });
  builder.root.append(files.root);
  root.append(builder.root);
  const refusals = new Refusals(look, look.overlay);
  let play: Play | null = null;
  let picture: Picture | null = null;
  let drawing = false;
  let measured = { at_ms: performance.now(), bytes: 0 };

  function join(name: string): void {
    connection.join(name);
    if (!drawing) drawFrame();
    drawing = true;
  }

  function hear(message: ServerMessage, now_ms: number): void {
    if (message.type === "welcome") {
      builder.leave();
      play = new Play(message, engine, connection, look.controls, look.overlay);
      picture = new Picture(play);
      look.enter(message.arena, message.description ?? NOTHING);
      look.chat.begin(channelsOf(message));
    } else if (message.type === "chat") {
      look.chat.add(message);
    } else if (message.type === "edited" || message.type === "pointed") {
      builder.take(message);
    } else if (message.type === "error") {
      refusals.take(message);
    } else if (play) {
      play.take(message, now_ms);
      if (message.type === "event" && message.name === "building") builder.enter(play.welcome.room, play.welcome.player, play.welcome.arena, middleOf(play.welcome.arena));
      if (message.type === "snapshot") play.figures.add("snapshot_ms", performance.now() - now_ms);
    }
  }

  function step(): void {
    if (connection.state === "playing" && !document.hidden) play?.step(performance.now());
  }

  function drawFrame(): void {
    requestAnimationFrame(drawFrame);
    step();
    draw();
  }

  /** Once per render frame, and when the connection changed: where frames are rare, that is said none the less. */
  function draw(): void {
    const now_ms = performance.now();
    const link = connection.link(now_ms);
    if (builder.builds) picture?.lookAt(builder.editor.eye);
    const scene = picture?.take(now_ms, link) ?? emptyScene(now_ms / 1000, link);
    play?.figures.add("picture_ms", performance.now() - now_ms);
    for (const event of play?.happened() ?? []) look.event(event);
    look.draw(scene);
    builder.draw(scene);
    play?.figures.add("frame_ms", performance.now() - now_ms);
    measure(now_ms);
  }

  function measure(now_ms: number): void {
    const elapsed_ms = now_ms - measured.at_ms;
    if (elapsed_ms < MEASURE_EVERY_MS) return;
    const bytes = connection.traffic.received_bytes;
    look.overlay.push("bytes_per_s", ((bytes - measured.bytes) * 1000) / elapsed_ms);
    measured = { at_ms: now_ms, bytes };
  }

  setInterval(step, STEP_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    play?.pause();
    if (!document.hidden) connection.hurry();
  });
  window.addEventListener("online", () => connection.hurry());
  window.ricochet = probe(connection, look.overlay, () => play, () => builder);
  if (query.autojoin) join(query.name || settings.name || NAMELESS);
}

const root = document.getElementById("game");
if (!root) throw new Error("the page has no #game");
open(root).catch((error: unknown) => {
  console.error(error);
  const apology = element("p", "apology panel", error instanceof CannotDraw || error instanceof CannotForesee ? error.message : BROKEN);
  apology.setAttribute("role", "alert");
  root.replaceChildren(apology);
});
