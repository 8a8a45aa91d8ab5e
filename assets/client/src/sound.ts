/**
 * What is heard: effects from where they happened, and the match's own signals.
 *
 * Rules: nothing before the player has touched the page (browsers forbid it, rightly); never more than `VOICES_MAX` at once;
 * muted means that nothing is computed. A browser without audio is a silent one, not a broken one.
 */

import type { Scene, Vec } from "@ricochet/sdk";
import { heard } from "./audio/hearing";
import { MATCH_END, MATCH_START, SHOUT, effectPatch } from "./audio/patches";
import { type Patch, Synth, patchLength } from "./audio/synth";
import { Voices } from "./audio/voices";
import type { Effect } from "./render/effects";

const VOICES_MAX = 20;
const REPEAT_GAP_S = 0.035;
const VOLUME = 0.55;
/** What others do is quieter than what one does oneself. */
const OTHERS = 0.6;

interface Output {
  context: AudioContext;
  master: GainNode;
  synth: Synth;
}

export class Sound {
  private output: Output | null = null;
  private muted: boolean;
  private readonly voices = new Voices(VOICES_MAX);
  private phase = "";

  constructor(muted: boolean) {
    this.muted = muted;
    for (const gesture of ["pointerdown", "keydown"] as const) {
      window.addEventListener(gesture, (event) => this.wake(event), { capture: true });
    }
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.output?.master.gain.setTargetAtTime(muted ? 0 : VOLUME, this.output.context.currentTime, 0.02);
  }

  /** Everything that happened in one render frame, as heard from the camera. */
  hear(effects: readonly Effect[], scene: Scene): void {
    for (const effect of effects) {
      const patch = effectPatch(effect.name, effect.amount);
      this.playAt(effect.name, patch, effect, scene.camera, effect.owner === scene.me_id ? 1 : OTHERS);
    }
    this.hearMatch(scene.match?.phase ?? "");
  }

  /** Something was worth saying large. */
  shout(): void {
    this.play("shout", SHOUT, 1, 0);
  }

  private hearMatch(phase: string): void {
    if (phase === this.phase) return;
    if (phase === "podium") this.play("match", MATCH_END, 1, 0);
    if (phase === "play") this.play("match", MATCH_START, 1, 0);
    this.phase = phase;
  }

  private playAt(name: string, patch: Patch, at: Vec, listener: Vec, share: number): void {
    const { gain, pan } = heard(at, listener);
    if (gain * share > 0.01) this.play(name, patch, gain * share, pan);
  }

  private play(name: string, patch: Patch, gain: number, pan: number): void {
    if (this.output === null || this.muted || this.output.context.state !== "running") return;
    const { context, master, synth } = this.output;
    const length_s = patchLength(patch);
    if (!this.voices.admit(name, context.currentTime, length_s, REPEAT_GAP_S)) return;
    const volume = new GainNode(context, { gain });
    const side = new StereoPannerNode(context, { pan });
    volume.connect(side).connect(master);
    synth.play(patch, volume);
    setTimeout(() => side.disconnect(), 1000 * length_s + 100);
  }

  private wake({ isTrusted }: Event): void {
    if (!isTrusted) return; // made by a script: no gesture of a person, and the browser would complain
    this.output ??= openOutput(this.muted);
    const context = this.output?.context;
    // Asleep, or interrupted by a call; where it may not go on, the page stays silent.
    if (context && context.state !== "running" && context.state !== "closed") context.resume().catch(() => undefined);
  }
}

function openOutput(muted: boolean): Output | null {
  try {
    const context = new AudioContext({ latencyHint: "interactive" });
    const master = new GainNode(context, { gain: muted ? 0 : VOLUME });
    const limiter = new DynamicsCompressorNode(context, { threshold: -14, ratio: 8, attack: 0.002, release: 0.15 });
    master.connect(limiter).connect(context.destination);
    return { context, master, synth: new Synth(context) };
  } catch {
    return null;
  }
}
