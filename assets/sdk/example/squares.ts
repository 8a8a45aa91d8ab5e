/** A whole client: whatever there is to see in the best room, as squares. WASD flies, the space bar fires. */

import { connect } from "@ricochet/sdk";

const SIZES: Readonly<Record<string, number>> = { ship: 32, shot: 8, rock: 56, crate: 40, pickup: 24, ball: 64 };
const canvas = document.querySelector("canvas")!;
const pen = canvas.getContext("2d")!;
const held = new Set<string>();
window.addEventListener("keydown", ({ code }) => held.add(code));
window.addEventListener("keyup", ({ code }) => held.delete(code));

function sample() {
  const between = (less: string, more: string) => Number(held.has(more)) - Number(held.has(less));
  const move = { x: between("KeyA", "KeyD"), y: between("KeyW", "KeyS") };
  return { move, aim: Math.atan2(move.y, move.x), fire: held.has("Space") };
}

const client = await connect(new URL("/play", location.href.replace(/^http/, "ws")).href, { name: "Squares", controls: { sample } });
client.enter(); // quick play

function draw(): void {
  requestAnimationFrame(draw);
  for (const { name } of client.happened()) if (name === "kill") document.title = "Somebody was hit";
  pen.resetTransform();
  pen.fillStyle = "#05070f";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const scene = client.see();
  if (scene === null) return;
  for (const { kind, mine, x, y, angle } of scene.entities) {
    const size = SIZES[kind] ?? 20;
    pen.resetTransform();
    pen.translate(canvas.width / 2 + x - scene.camera.x, canvas.height / 2 + y - scene.camera.y);
    pen.rotate(angle);
    pen.fillStyle = mine ? "#ffb347" : kind === "ship" ? "#4fb4ff" : "#5f6b94";
    pen.fillRect(-size / 2, -size / 2, size, size);
  }
}

draw();
