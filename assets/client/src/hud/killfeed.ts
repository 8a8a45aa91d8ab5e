/**
 * The kill feed on screen: who got whom, and off how many walls.
 */

import type { GameEvent, Scene } from "@ricochet/sdk";
import { css, livery } from "../render/palette";
import { element, mark } from "./dom";
import { Feed, type FeedLine } from "./feed";

export class KillFeed {
  readonly root = element("ol", "feed");
  private readonly feed = new Feed();
  private readonly shown = new Map<number, HTMLElement>();
  private scene: Scene | null = null;

  constructor() {
    this.root.setAttribute("aria-label", "Kill feed");
  }

  event(event: GameEvent): void {
    if (this.scene !== null) this.feed.add(event, this.scene.players, this.scene.time_s);
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

function render(line: FeedLine, scene: Scene): HTMLElement {
  const victim = name(line.victim_name, line.victim, scene);
  const item = element("li", "feed-line");
  if (line.killer_name === "") {
    item.append(victim, element("span", "feed-how", "crashed"));
  } else {
    item.append(name(line.killer_name, line.killer, scene), how(line.bounces), victim);
  }
  mark(item, "mine", line.killer === scene.me_id || line.victim === scene.me_id);
  return item;
}

function name(text: string, id: number, scene: Scene): HTMLElement {
  const label = element("b", "", text);
  label.style.color = css(livery(scene.players.get(id)?.colour ?? 0).colour);
  return label;
}

function how(bounces: number): HTMLElement {
  if (bounces <= 0) return element("span", "feed-how", "▸");
  return element("span", "feed-how bounced", `ricochet ×${bounces}`);
}
