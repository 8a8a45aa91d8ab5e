/**
 * The killcam: how one's own ship was shot down, played once more in a corner while the game goes on.
 *
 * It starts by itself, unless the player has turned that off, asks for less motion or wasn't looking; K, or its buttons, close it and show it
 * again, until the next end or another room. Nothing is drawn and nothing asked of the page while it is closed.
 */

import { type Arena, type Clip, type Description, type GameEvent, NOTHING, type Scene, type Stay, type Vec } from "@ricochet/sdk";
import { letterOf } from "../controls/letter";
import { isOutOfPlay } from "../controls/out_of_play";
import { numberIn } from "../hud/bodies";
import { fitScale } from "../render/camera";
import type { Stage } from "../render/stage";
import { calm, settings } from "../settings";
import { Panel } from "./panel";
import { ClipPicture } from "./picture";
import "./killcam.css";

/** Its last picture stays so long. */
const HOLD_S = 0.8;
/** It keeps up where frames are rare, but not with a pause that is longer (a hidden tab). */
const STEP_MAX_S = 0.5;
const KEY = "KeyK";

/** What is shown, for whoever debugs. */
export interface Shown {
  /** 0..1: how far it has come. */
  readonly share: number;
  readonly killer: Vec | null;
  readonly victim: Vec | null;
}

export class Killcam {
  readonly panel = new Panel(() => this.toggle());
  private readonly stage: Stage;
  private arena: Arena | null = null;
  private description: Description = NOTHING;
  /** Our latest end; null: none in this room. */
  private latest: Clip | null = null;
  /** What is played: the latest, or one before that the player has asked for; null: closed. */
  private played: { clip: Clip; picture: ClipPicture } | null = null;
  private held_s = 0;
  private drawn_s: number | null = null;

  constructor(stage: Stage) {
    this.stage = stage;
    window.addEventListener("keydown", (event) => this.keyDown(event));
  }

  /** Another room, whose players are others. */
  enter({ arena, description }: Pick<Stay, "arena" | "description">): void {
    this.leave();
    this.arena = arena;
    this.description = description ?? NOTHING;
  }

  leave(): void {
    this.close();
    this.latest = this.arena = null;
    this.panel.offer(false);
  }

  rearrange(arena: Arena): void {
    this.arena = arena;
    if (this.played) this.stage.inset.pane.rearrange(arena);
  }

  /** One has come to this end; what is no news waits until it is asked for. */
  take(clip: Clip, news: boolean): void {
    this.latest = clip;
    this.panel.offer(true);
    if (news && settings.killcam && !calm()) this.play();
  }

  toggle(): void {
    if (this.played) this.close();
    else this.play();
  }

  get shown(): Shown | null {
    if (!this.played) return null;
    const { clip, picture } = this.played;
    return { share: clip.share, killer: picture.killer, victim: picture.victim };
  }

  /** Before the stage draws; `scene` is that of the game. */
  draw(scene: Scene): void {
    if (!this.played) return;
    const { clip, picture } = this.played;
    const elapsed_s = Math.max(0, Math.min(STEP_MAX_S, scene.time_s - (this.drawn_s ?? scene.time_s)));
    this.drawn_s = scene.time_s;
    clip.advance(clip.tick + elapsed_s * clip.tick_rate);
    this.held_s = clip.tick >= clip.last_tick ? this.held_s + elapsed_s : 0;
    if (this.held_s > HOLD_S || scene.match?.phase === "podium") this.close();
    else this.show(clip, picture, scene.time_s, elapsed_s);
  }

  private show(clip: Clip, picture: ClipPicture, time_s: number, elapsed_s: number): void {
    const { inset } = this.stage;
    const { pane } = inset;
    const rect = this.panel.rect;
    inset.place(rect);
    const scene = picture.take(rect.width / Math.max(1, rect.height), time_s, elapsed_s);
    pane.camera.zoom = rect.width / picture.framing.units / fitScale(rect.width, rect.height);
    for (const event of clip.happened()) this.happen(event, scene);
    pane.draw(scene, elapsed_s, calm(), picture.around ?? scene.camera);
    this.panel.draw(clip.share);
  }

  private happen({ name, body }: GameEvent, scene: Scene): void {
    if (name !== "pulse") return;
    const [x, y, to_x, to_y] = ["x", "y", "to_x", "to_y"].map((field) => numberIn(body, field)) as [number, number, number, number];
    this.stage.inset.pane.pulse({ x, y }, { x: to_x, y: to_y }, numberIn(body, "player"), numberIn(body, "hit") > 0, scene);
  }

  private play(): void {
    const { arena, latest } = this;
    if (!arena || !latest) return;
    latest.goTo(latest.first_tick);
    this.held_s = 0;
    this.drawn_s = null;
    this.played = { clip: latest, picture: new ClipPicture(latest, this.description) };
    this.stage.inset.pane.enter(arena, this.description);
    this.panel.open(latest, this.description);
  }

  private close(): void {
    if (!this.played) return;
    this.played = null;
    this.stage.inset.hide();
    this.panel.close();
  }

  private keyDown(event: KeyboardEvent): void {
    if (letterOf(event) !== KEY || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isOutOfPlay(event.target)) return;
    this.toggle();
  }
}
