/**
 * Names above other players' ships, and above what a game labels: one for each in view, remade only when it changes.
 *
 * A name is put together from letters that are drawn once for all names, where its script allows that; else it is a picture of its own.
 */

import type { Drawn } from "@ricochet/sdk";
import { BitmapText, Container, Text } from "pixi.js";

import { mix } from "./palette";
import { isSetLetterByLetter } from "./scripts";

const FONT_UNITS = 12;
/** Rastered larger than it is shown, so that it stays crisp on dense screens. */
const OVERSAMPLING = 3;
const WHITE = 0xffffff;

interface Label {
  text: BitmapText | Text;
  drawing: number;
}

export class Labels {
  readonly container = new Container();
  private readonly labels = new Map<number, Label>();
  private readonly px_min: number;
  private drawing = 0;

  /** However small the picture, names are so many pixels high at least. */
  constructor(px_min = 0) {
    this.px_min = px_min;
  }

  /** `scale`: pixels per unit. */
  draw(entity: Drawn, name: string, colour: number, scale: number): void {
    const label = this.label(entity.id, name);
    label.text.tint = mix(colour, WHITE, 0.45);
    const size = Math.max(1, this.px_min / (FONT_UNITS * scale));
    label.text.scale.set(size / OVERSAMPLING);
    label.text.position.set(entity.x, entity.y - entity.radius - 22);
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

  private label(id: number, name: string): Label {
    const known = this.labels.get(id);
    if (known?.text.text === name) return known;
    known?.text.destroy();
    const label = { text: write(name), drawing: 0 };
    this.labels.set(id, label);
    this.container.addChild(label.text);
    return label;
  }
}

function write(name: string): BitmapText | Text {
  const in_letters = isSetLetterByLetter(name);
  const style = {
    fontFamily: "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
    fontSize: FONT_UNITS * OVERSAMPLING,
    fontWeight: "600",
    letterSpacing: in_letters ? OVERSAMPLING : 0, // with space between them, letters are set one by one in a picture, too
    fill: WHITE,
  } as const;
  const text = new (in_letters ? BitmapText : Text)({ text: name, anchor: { x: 0.5, y: 1 }, style });
  text.alpha = 0.9;
  return text;
}
