/**
 * Puts together everything seen, heard and touched. The netcode holds the result and knows nothing of what is inside.
 *
 * A happening reaches the player by three ways: the picture (`Stage`), the words over it (`Hud`) and `Sound`; all three take
 * it from the scene they are shown, or from the same event.
 */

import "./style.css";
import "./games.css";

import type { Arena, ChatView, Description, GameEvent, Lens, Look, Scene, Wishes } from "@ricochet/sdk";
import { DeviceControls } from "./controls";
import { numberIn } from "./hud/bodies";
import { element } from "./hud/dom";
import { Hud } from "./hud/hud";
import { Menu } from "./menu";
import { Overlay } from "./overlay";
import type { Effect } from "./render/effects";
import { Stage } from "./render/stage";
import { calm, settings } from "./settings";
import { Sound } from "./sound";

/** A pause longer than this (a hidden tab) is not caught up with. */
const STEP_MAX_S = 0.1;
/** An explosion this near shakes the picture. */
const SHAKE_REACH = 420;

/** Why there is nothing to see; its message is a sentence for the player. */
export class CannotDraw extends Error {
  constructor(cause: unknown) {
    super("This browser can't draw the arena: WebGL is missing or turned off. Another browser, or graphics acceleration in this one's settings, will help.", { cause });
  }
}

/** Fills `root`, showing the menu. Rejects with `CannotDraw` where there is no WebGL. */
export async function openLook(root: HTMLElement, wishes: Wishes): Promise<Look> {
  root.classList.add("ricochet");
  const view = element("div", "view");
  root.append(view);
  const menu = new Menu((name) => wishes.play(name));
  root.append(menu.root);
  menu.shown = true;
  const stage = await Stage.open(view).catch((error: unknown) => {
    menu.shown = false;
    throw new CannotDraw(error);
  });
  return new WholeLook(root, view, stage, menu, wishes);
}

class WholeLook implements Look {
  readonly controls: DeviceControls;
  readonly overlay: Overlay;
  private readonly stage: Stage;
  private readonly menu: Menu;
  private readonly hud: Hud;
  private readonly sound = new Sound(settings.muted);
  private entered = false;
  private drawn_s: number | null = null;
  private scene: Scene | null = null;

  constructor(root: HTMLElement, view: HTMLElement, stage: Stage, menu: Menu, wishes: Wishes) {
    this.stage = stage;
    this.menu = menu;
    this.overlay = new Overlay((weather) => wishes.network(weather));
    this.hud = new Hud(wishes, (muted) => this.sound.setMuted(muted));
    this.hud.shown = false;
    root.append(this.hud.root, this.overlay.root);
    this.controls = new DeviceControls(view, this.hud.root);
  }

  enter(arena: Arena, description: Description): void {
    this.entered = true;
    this.stage.enter(arena, description);
    this.hud.enter(arena, description);
    this.controls.enter(description);
    this.hud.shown = true;
    this.menu.shown = false;
  }

  rearrange(arena: Arena): void {
    this.stage.rearrange(arena);
    this.hud.rearrange(arena);
  }

  get lens(): Lens {
    return this.stage.camera;
  }

  draw(scene: Scene): void {
    this.scene = scene;
    if (!this.entered) {
      this.menu.showLink(scene.link);
      return;
    }
    const dt_s = this.secondsSince(scene.time_s);
    const effects = this.stage.draw(scene, dt_s, calm());
    for (const effect of effects) this.feel(effect, scene);
    this.controls.origin = this.stage.camera.toScreen(scene.me ?? scene.camera);
    this.sound.hear(effects, scene);
    this.hud.draw(scene, dt_s);
    this.overlay.draw(performance.now());
  }

  event(event: GameEvent): void {
    if (this.hud.event(event)) this.sound.shout();
    if (this.scene === null) return;
    if (event.name === "pulse") this.pulse(event, this.scene);
    if (event.name === "hit" && numberIn(event.body, "player") === this.scene.me_id) {
      this.suffer(Math.min(1, numberIn(event.body, "damage") / 40));
    }
  }

  get chat(): ChatView {
    return this.hud;
  }

  notice(sentence: string): void {
    this.hud.notice.say(sentence);
  }

  private pulse({ body }: GameEvent, scene: Scene): void {
    const [from, to] = [
      { x: numberIn(body, "x"), y: numberIn(body, "y") },
      { x: numberIn(body, "to_x"), y: numberIn(body, "to_y") },
    ];
    this.stage.pulse(from, to, numberIn(body, "player"), numberIn(body, "hit") > 0, scene);
  }

  private feel(effect: Effect, { camera }: Scene): void {
    if (effect.name === "hurt" && effect.mine) this.suffer(0.3 + 2 * effect.amount);
    if (effect.name !== "explosion") return;
    const near = 1 - Math.hypot(effect.x - camera.x, effect.y - camera.y) / SHAKE_REACH;
    if (effect.mine) this.suffer(1);
    else if (near > 0) this.stage.jolt(0.5 * near);
  }

  private suffer(strength: number): void {
    this.stage.jolt(0.3 + 0.5 * strength);
    this.hud.flashHurt(calm() ? 0.3 : 0.35 + 0.65 * strength);
  }

  private secondsSince(time_s: number): number {
    const dt_s = this.drawn_s === null ? 0 : time_s - this.drawn_s;
    this.drawn_s = time_s;
    return Math.min(STEP_MAX_S, Math.max(0, dt_s));
  }
}
