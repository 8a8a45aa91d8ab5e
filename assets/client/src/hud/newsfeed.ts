/**
 * The feed on screen: what has happened, in the game's words, with names in their colours.
 */

import type { GameEvent, Piece, Scene } from "@ricochet/sdk";
import { liveryOf, teamColour } from "../render/layers";
import { css } from "../render/palette";
import { element, mark } from "./dom";
import { Feed, type FeedLine } from "./feed";

export class NewsFeed {
  readonly root = element("ol", "feed");
  private readonly feed = new Feed();
  private readonly shown = new Map<number, HTMLElement>();
  private scene: Scene | null = null;

  constructor() {
    this.root.setAttribute("aria-label", "News");
  }

  /** Another room, of whose players nothing has been said yet. */
  enter(): void {
    this.feed.clear();
    this.scene = null;
  }

  event(event: GameEvent): void {
    if (this.scene !== null) this.feed.add(event, this.scene.description, this.scene.players, this.scene.time_s);
  }

  draw(scene: Scene): void {
    this.scene = scene;
    const lines = this.feed.at(scene.time_s);
    for (const line of lines) {
      if (this.shown.has(line.key)) continue;
      const item = render(line, scene);
      this.shown.set(line.key, item);
      this.root.append(item);
    }
    if (this.shown.size === lines.length) return;
    for (const [key, item] of this.shown) {
      if (lines.some((line) => line.key === key)) continue;
      item.remove();
      this.shown.delete(key);
    }
  }
}

/** Words with names in their colours. */
export function piecesOf(pieces: readonly Piece[], told: Pick<Scene, "players" | "description">): HTMLElement[] {
  return pieces.map(({ text, player, team }) => {
    const piece = element(player > 0 || team > 0 ? "b" : "span", player > 0 || team > 0 ? "" : "feed-how", text);
    if (player > 0) piece.style.color = css(liveryOf(told, player).colour);
    if (team > 0) piece.style.color = css(teamColour(told.description, team));
    return piece;
  });
}

function render({ pieces }: FeedLine, scene: Scene): HTMLElement {
  const item = element("li", "feed-line", ...piecesOf(pieces, scene));
  mark(item, "mine", pieces.some(({ player }) => player === scene.me_id && player > 0));
  return item;
}
