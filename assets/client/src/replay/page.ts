/**
 * A replay on the screen: the picture, what is written over it, and the bar. Read `draw` first.
 */

import { type Arena, type GameEvent, NOTHING, type Scene } from "@ricochet/sdk";
import { Playback, type Recording, marksOf, openingOf } from "@ricochet/sdk/replay";
import { numberIn } from "../hud/bodies";
import { element } from "../hud/dom";
import { Minimap } from "../hud/minimap";
import { NewsFeed } from "../hud/newsfeed";
import { Notice } from "../hud/notice";
import { Scoreboard } from "../hud/scoreboard";
import { PICTURE_LOST, type Stage } from "../render/stage";
import { calm } from "../settings";
import { Bar } from "./bar";
import { draggable } from "./drag";
import { Gaze } from "./gaze";
import { Keys } from "./keys";
import { ReplayPicture } from "./picture";
import { Timeline } from "./timeline";
import { Transport, markBeside } from "./transport";

/** A pause longer than this (a hidden tab) is not caught up with. */
const STEP_MAX_S = 0.1;
const SKIP_S = 5;
/** One looks at what happens a little before it does. */
const RUN_UP_S = 1.5;
const PODIUM_S_MAX = 15;
const LAID_OUT_EVERY_MS = 60;

export class ReplayPage {
  readonly transport: Transport;
  readonly gaze: Gaze;
  readonly marks: readonly number[];
  readonly playback: Playback;
  /** A sentence over the picture. */
  readonly notice = new Notice();
  private readonly stage: Stage;
  private readonly recording: Recording;
  private readonly picture: ReplayPicture;
  private readonly timeline: Timeline;
  private readonly bar: Bar;
  private readonly keys: Keys;
  private readonly minimap = new Minimap();
  private readonly board = new Scoreboard();
  private readonly corner: HTMLElement;
  private feed = new NewsFeed();
  private leapt = true;
  private drawn_ms = 0;
  /** What is shown of it. */
  private arena: Arena | null = null;
  private laid_out_ms = 0;
  private readonly root: HTMLElement;
  private readonly ended = new AbortController();
  private readonly fail: (error: unknown) => void;

  /** `fail` is told why it can't go on; what can't even begin is thrown. */
  constructor(place: HTMLElement, view: HTMLElement, stage: Stage, recording: Recording, fail: (error: unknown) => void) {
    const { welcome } = recording;
    this.fail = fail;
    this.stage = stage;
    this.recording = recording;
    this.playback = new Playback(recording);
    const { first_tick, last_tick } = this.playback;
    const marks = marksOf(recording);
    this.marks = marks.map(({ tick }) => tick);
    this.transport = new Transport(first_tick, last_tick, welcome.tick_rate, openingOf(recording, PODIUM_S_MAX));
    this.gaze = new Gaze(welcome.arena.size);
    this.picture = new ReplayPicture(this.playback);
    this.timeline = new Timeline(this.transport, marks, (tick) => this.goTo(tick));
    this.bar = new Bar(this.transport, this, this.timeline.root);
    this.board.enter(welcome.description ?? NOTHING);
    this.corner = element("div", "corner", this.minimap.root, this.feed.root);
    this.root = element("main", "hud replay-hud", this.title(), this.corner, this.board.root, this.notice.root, this.bar.root);
    this.gaze.follow(recording.index?.standings[0]?.player ?? [...this.playback.roster.players.keys()][0] ?? 0);
    this.leap(this.transport.tick);
    this.keys = new Keys(this.pressed(), this.ended.signal);
    draggable(view, (dx, dy) => this.gaze.drag(-dx / stage.camera.scale, -dy / stage.camera.scale), this.ended.signal);
    place.append(this.root);
  }

  /** Another one takes its place: it is seen no more, and hears of no key and no pointer. */
  close(): void {
    this.ended.abort();
    this.root.remove();
  }

  /** Once per render frame. */
  frame(now_ms: number): void {
    try {
      this.draw(now_ms);
    } catch (error) {
      this.fail(error);
    }
  }

  private draw(now_ms: number): void {
    const elapsed_s = this.drawn_ms === 0 ? 0 : Math.min(STEP_MAX_S, Math.max(0, now_ms - this.drawn_ms) / 1000);
    this.drawn_ms = now_ms;
    if (!this.timeline.dragging) this.transport.pass(elapsed_s);
    if (!this.leapt) this.playback.advance(this.transport.tick);
    this.layOut(now_ms);
    this.gaze.roam(this.keys.way, elapsed_s);
    const scene = this.picture.take(this.gaze, now_ms / 1000, elapsed_s, this.leapt);
    for (const event of this.playback.happened()) this.happen(event, scene);
    this.stage.draw(scene, this.transport.playing ? elapsed_s * Math.min(2, this.transport.speed) : 0, calm());
    this.minimap.draw(scene);
    this.feed.draw(scene);
    this.board.draw(scene);
    if (this.stage.lost) this.notice.say(PICTURE_LOST);
    this.notice.draw(scene.time_s);
    this.timeline.draw();
    this.bar.draw(this.transport, scene.players, this.gaze.followed);
    this.leapt = false;
  }

  toggle(): void {
    this.transport.toggle();
    if (this.transport.tick < this.playback.tick) this.goTo(this.transport.tick);
  }

  skip(seconds: number): void {
    this.goTo(this.transport.tick + seconds * this.transport.tick_rate);
  }

  mark(step: 1 | -1): void {
    const run_up = RUN_UP_S * this.transport.tick_rate;
    const mark = markBeside(this.marks, this.transport.tick + run_up, step, 0.5 * this.transport.tick_rate);
    if (mark !== undefined) this.goTo(mark - run_up);
  }

  turn(step: 1 | -1): void {
    this.gaze.turn([...this.playback.roster.players.keys()], step);
  }

  follow(player: number): void {
    this.gaze.follow(player);
  }

  goTo(tick: number): void {
    try {
      this.leap(tick);
    } catch (error) {
      this.fail(error);
    }
  }

  private leap(tick: number): void {
    const { welcome } = this.recording;
    this.transport.goTo(tick);
    this.playback.goTo(this.transport.tick);
    this.arena = this.playback.arena;
    this.stage.enter(this.arena, welcome.description ?? NOTHING);
    this.minimap.enter(this.arena);
    this.feed.root.remove();
    this.feed = new NewsFeed();
    this.corner.append(this.feed.root);
    this.leapt = true;
  }

  /** Where it is built, the arena changes; laid out anew now and then only, for that takes some milliseconds. */
  private layOut(now_ms: number): void {
    const { arena } = this.playback;
    if (arena === this.arena || now_ms < this.laid_out_ms + LAID_OUT_EVERY_MS) return;
    this.arena = arena;
    this.laid_out_ms = now_ms;
    this.stage.rearrange(arena);
    this.minimap.enter(arena);
  }

  private step(count: 1 | -1): void {
    this.transport.playing = false;
    this.goTo(this.playback.beside(count));
  }

  private happen(event: GameEvent, scene: Scene): void {
    this.feed.event(event);
    if (event.name !== "pulse") return;
    const [x, y, to_x, to_y] = ["x", "y", "to_x", "to_y"].map((name) => numberIn(event.body, name)) as [number, number, number, number];
    this.stage.pulse({ x, y }, { x: to_x, y: to_y }, numberIn(event.body, "player"), numberIn(event.body, "hit") > 0, scene);
  }

  private pressed(): Record<string, () => void> {
    const { transport } = this;
    return {
      Space: () => this.toggle(),
      ArrowLeft: () => this.skip(-SKIP_S),
      ArrowRight: () => this.skip(SKIP_S),
      ArrowUp: () => transport.change(1),
      ArrowDown: () => transport.change(-1),
      Home: () => this.goTo(transport.first_tick),
      End: () => this.goTo(transport.last_tick),
      KeyN: () => this.mark(1),
      KeyP: () => this.mark(-1),
      KeyF: () => this.follow(0),
      KeyB: () => this.board.toggle(),
      ",": () => this.step(-1),
      ".": () => this.step(1),
      "[": () => this.turn(-1),
      "]": () => this.turn(1),
    };
  }

  private title(): HTMLElement {
    const { welcome, recorded_s, index } = this.recording;
    const when = new Date(1000 * recorded_s).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const cut = index ? "" : " · cut off";
    const back = element("a", "replay-back", "All matches");
    back.href = "replay";
    return element(
      "header", "replay-title", element("h1", "", `${welcome.game} in ${welcome.arena.name}`),
      element("p", "", `${when} · ${welcome.title || welcome.room || "a private room"}${cut}`), back,
    );
  }
}
