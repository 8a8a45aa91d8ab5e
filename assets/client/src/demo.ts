/**
 * The look without a server, for judging it by eye and by stopwatch (`npm run dev`, then /demo.html). Never in the built client.
 *
 * The address chooses what is shown: `?show=play|lobby|dead|lost|refused|podium`, `&fly=90` draws that many steps at once
 * before the first picture, `&ended` shows how a room ended, `&board`, `&chat`, `&graphs`, `&still` stops there, `&gpu` waits for
 * the graphics card. `window.demo` tells how long drawing took.
 */

import type { LinkState, Match, Scene, Stay } from "@ricochet/sdk";
import { Library } from "./build/library";
import { demoLobby } from "./demo_lobby";
import { DEMO_ARENA, DEMO_DESCRIPTION, DemoWorld } from "./demo_world";
import { ranked } from "./hud/standings";
import { openLook } from "./look";

const TICK_RATE = 60;
const STEP_S = 1 / TICK_RATE;

const asked = new URLSearchParams(location.search);
const showing = asked.get("show") ?? "play";
const world = new DemoWorld();
const drawing_ms: number[] = [];
const LINES = [
  { player: 4, text: "anyone up for a round?", to: "lobby", name: "Mirela", old: true },
  { player: 5, text: "Grace’s room has two places left", to: "lobby", name: "Edsger", old: false },
  { player: 3, text: "off three walls?! <b>how</b>", to: "room", name: world.players.get(3)?.name ?? "", old: false },
  { player: 2, text: "left side is open", to: "team", name: world.players.get(2)?.name ?? "", old: false },
  { player: 0, text: "You don't hear Eve #12 any more; /unmute Eve undoes it", to: "notice", name: "", old: false },
] as const;
const LINKS: Readonly<Record<string, LinkState>> = {
  lost: { state: "lost", reason: "", retry_in_s: 3, rtt_ms: 42 },
  refused: { state: "refused", reason: "The room is full: 64 players are in it.", retry_in_s: 0, rtt_ms: 42 },
};

const STAY: Stay = { room: "k3jf83hq0s", game: "melee", role: "player", arena: DEMO_ARENA, description: DEMO_DESCRIPTION, title: "Ada’s room" };

const root = document.getElementById("game");
if (root === null) throw new Error("demo.html has no #game");
const look = await openLook(root, {
  go: () => look.enter(STAY),
  rename: () => undefined,
  again: () => undefined,
  chat: (to, text) => look.chat.add({ player: 1, text, to, name: "You", old: false, who: 1 }),
  watch: () => undefined,
  network: () => undefined,
}, new Library(null));

function match(): Match {
  const standings = ranked(world.players).map(({ id, score }) => ({ player: id, score }));
  const phase = showing === "podium" ? "podium" : "play";
  return { phase, ends_tick: (phase === "podium" ? 9 : 187) * TICK_RATE, standings };
}

const told = match();

function scene(): Scene {
  const me = showing === "dead" ? null : world.me;
  const { aim, move } = look.controls.sample();
  if (move.x !== 0 || move.y !== 0) Object.assign(world.me ?? {}, { thrust: move });
  return {
    time_s: world.time_s,
    tick: world.time_s * TICK_RATE,
    tick_rate: TICK_RATE,
    entities: world.entities.filter((entity) => me !== null || !entity.mine),
    me,
    me_id: 1,
    aim: me === null ? aim : me.angle,
    camera: me ?? { x: 1024, y: 1000 },
    hud: { hull: showing === "play" ? 84 : 22, shield: 40, rapid_ticks: 260, boost_ticks: 0, pulse_ticks: 70, respawn_ticks: 74 },
    players: world.players,
    match: told,
    description: DEMO_DESCRIPTION,
    team_scores: [],
    stops_tick: null,
    starts_in_s: null,
    link: LINKS[showing] ?? { state: "playing", reason: "", retry_in_s: 0, rtt_ms: 42 },
  };
}

function step(dt_s: number): void {
  world.step(dt_s);
  for (const event of world.events.splice(0)) look.event(event, scene());
  const wave = Math.sin(world.time_s * 3);
  look.overlay.push("rtt_ms", 42 + 6 * wave);
  look.overlay.push("slack_ms", 9 - 3 * wave);
  look.overlay.push("lead_ticks", 4);
  look.overlay.push("prediction_error_units", Math.max(0, wave) ** 9);
  look.overlay.push("bytes_per_s", 4300 + 400 * wave);
  look.overlay.push("snapshot_interval_ms", 33.3 + wave);
  const began_ms = performance.now();
  look.draw(scene());
  if (asked.has("gpu")) waitForGpu();
  drawing_ms.push(performance.now() - began_ms);
}

/** Otherwise only our own share is timed: drawing commands are carried out later. */
function waitForGpu(): void {
  const gl = document.querySelector<HTMLCanvasElement>(".view canvas")?.getContext("webgl2");
  gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

function run(last_ms: number): void {
  requestAnimationFrame((now_ms) => {
    step(Math.min(0.05, (now_ms - last_ms) / 1000));
    run(now_ms);
  });
}

function press(code: string): void {
  window.dispatchEvent(new KeyboardEvent("keydown", { code, key: code }));
}

if (showing !== "lobby") {
  look.enter(STAY);
  look.chat.begin(["room", "team", "lobby"]);
  for (let flown = 0; flown < Number(asked.get("fly") ?? 0); flown += 1) {
    if (flown === 20) world.kill(9, 1);
    if (flown === 30) world.kill(6, 2);
    if (flown === Number(asked.get("fly")) - 2) for (const beam of world.beams()) look.event(beam, scene());
    if (flown === 35) for (const line of LINES) look.chat.add({ who: line.player, ...line });
    step(STEP_S);
  }
  if (asked.has("board")) press("Tab");
  if (asked.has("chat")) press("Enter");
  if (asked.has("graphs")) press("F3");
  if (showing === "hurt") look.event({ name: "hit", body: { player: 1, damage: 30 } }, scene());
  step(STEP_S);
  if (!asked.has("still")) run(performance.now());
}
if (showing === "lobby") {
  look.lobby(demoLobby(asked.has("ended")));
  look.draw({ ...scene(), link: { state: "lobby", reason: "", retry_in_s: 0, rtt_ms: 12 } });
  for (const line of LINES) if (line.to === "lobby") look.chat.add({ who: line.player, ...line });
}
Object.assign(window, { demo: { look, drawing_ms, ready: true } });
