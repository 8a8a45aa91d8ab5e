/**
 * Names above other players' ships: one label per ship in view, remade only when the name changes.
 */

import type { Drawn, PlayerInfo } from "@ricochet/sdk";
import { BitmapText, Container } from "pixi.js";

import { livery, mix } from "./palette";

const FONT_UNITS = 12;
/** Rastered larger than it is shown, so that it stays crisp on dense screens. */
const OVERSAMPLING = 3;
const WHITE = 0xffffff;

interface Label {
  text: BitmapText;
  drawing: number;
}

export class Labels {
  readonly container = new Container();
  private readonly labels = new Map<number, Label>();
  private drawing = 0;

  draw(ship: Drawn, player: PlayerInfo): void {
    let label = this.labels.get(ship.id);
    if (label === undefined) {
      label = { text: write(player), drawing: 0 };
      this.labels.set(ship.id, label);
      this.container.addChild(label.text);
    } else if (label.text.text !== player.name) {
      label.text.text = player.name;
    }
    label.text.position.set(ship.x, ship.y - 38);
    label.drawing = this.drawing;
  }

  flush(): void {
    for (const [id, label] of this.labels) {
      if (label.drawing === this.drawing) continue;
      label.text.destroy();
      this.labels.delete(id);
    }
    this.drawing += 1;
  }
}

function write(player: PlayerInfo): BitmapText {
  const text = new BitmapText({
    text: player.name,
    anchor: { x: 0.5, y: 1 },
    style: {
      fontFamily: "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
      fontSize: FONT_UNITS * OVERSAMPLING,
      fontWeight: "600",
      letterSpacing: OVERSAMPLING,
      fill: WHITE,
    },
  });
  text.scale.set(1 / OVERSAMPLING);
  text.tint = mix(livery(player.colour).colour, WHITE, 0.45);
  text.alpha = 0.9;
  return text;
}
