/**
 * What is around the killcam's picture: its frame, who did it and with what, how far it has come, and a button that closes it.
 *
 * Everything but that button lets touches and clicks through to the game. The picture itself is drawn in the canvas beneath, where
 * the frame has its hole.
 */

import type { Clip, Description } from "@ricochet/sdk";
import { element, mark, show, style } from "../hud/dom";
import { textFor } from "../hud/feed";
import { piecesOf } from "../hud/newsfeed";
import type { Rect } from "../render/inset";

export class Panel {
  readonly root: HTMLElement;
  /** Among the page's buttons: shows it again, or closes it. */
  readonly button = element("button", "icon-button again");
  private readonly hole = element("div", "killcam-picture");
  private readonly caption = element("p", "killcam-caption");
  private readonly progress = element("div", "killcam-progress");

  constructor(toggle: () => void) {
    const close = element("button", "killcam-close", "✕");
    close.type = this.button.type = "button";
    close.title = "Close (K)";
    close.setAttribute("aria-label", "Close the killcam");
    this.button.title = "Killcam: how you went down (K)";
    this.button.setAttribute("aria-label", "Killcam");
    for (const button of [close, this.button]) {
      button.addEventListener("click", () => {
        button.blur(); // Enter and the space bar are the game's
        toggle();
      });
    }
    this.caption.setAttribute("role", "status");
    const title = element("h2", "killcam-title", "Killcam");
    this.root = element("section", "killcam panel", element("header", "killcam-head", title, close), this.hole, this.progress, this.caption);
    this.root.setAttribute("aria-label", "Killcam");
    show(this.root, false);
    this.offer(false);
  }

  /** Whether there is something to show again. */
  offer(offered: boolean): void {
    show(this.button, offered);
  }

  open({ ending }: Clip, description: Description): void {
    const { event, players, slain } = ending;
    const told = { players, description };
    const pieces = textFor(event, description, players) ?? [{ text: players.get(slain.killer)?.name ?? "", player: slain.killer, team: 0 }];
    show(this.root, true);
    this.caption.replaceChildren(...piecesOf(pieces, told));
    this.pressed(true);
  }

  close(): void {
    show(this.root, false);
    this.pressed(false);
  }

  /** 0..1 */
  draw(share: number): void {
    style(this.progress, "--share", share.toFixed(3));
  }

  /** Where the picture is to be, in CSS pixels. */
  get rect(): Rect {
    return this.hole.getBoundingClientRect();
  }

  private pressed(pressed: boolean): void {
    mark(this.button, "pressed", pressed);
    this.button.setAttribute("aria-pressed", String(pressed));
  }
}
