/**
 * The sounds themselves: tones that glide and noise that is filtered, each with a quick attack and a decay. No files.
 */

export interface Tone {
  wave: OscillatorType;
  from_hz: number;
  to_hz: number;
  length_s: number;
  gain: number;
  delay_s?: number;
}

export interface Noise {
  from_hz: number;
  to_hz: number;
  length_s: number;
  gain: number;
  filter: BiquadFilterType;
}

export interface Patch {
  tones: readonly Tone[];
  noises: readonly Noise[];
}

const ATTACK_S = 0.004;
const SILENCE = 0.0001; // exponential ramps can't reach 0

/** How long all of it sounds. */
export function patchLength(patch: Patch): number {
  const tones = patch.tones.map(({ length_s, delay_s = 0 }) => length_s + delay_s);
  return Math.max(0, ...tones, ...patch.noises.map(({ length_s }) => length_s));
}

export class Synth {
  private readonly context: AudioContext;
  private readonly hiss: AudioBuffer;

  constructor(context: AudioContext) {
    this.context = context;
    this.hiss = context.createBuffer(1, context.sampleRate, context.sampleRate);
    const samples = this.hiss.getChannelData(0);
    for (let index = 0; index < samples.length; index += 1) samples[index] = 2 * Math.random() - 1;
  }

  /** Plays the patch once into `out`; its nodes go when it ends. */
  play(patch: Patch, out: AudioNode): void {
    for (const tone of patch.tones) this.tone(tone, out);
    for (const noise of patch.noises) this.noise(noise, out);
  }

  private tone({ wave, from_hz, to_hz, length_s, gain, delay_s = 0 }: Tone, out: AudioNode): void {
    const start = this.context.currentTime + delay_s;
    const source = this.context.createOscillator();
    source.type = wave;
    source.frequency.setValueAtTime(from_hz, start);
    source.frequency.exponentialRampToValueAtTime(to_hz, start + length_s);
    source.connect(this.envelope(start, length_s, gain, out));
    source.start(start);
    source.stop(start + length_s);
  }

  private noise({ from_hz, to_hz, length_s, gain, filter }: Noise, out: AudioNode): void {
    const start = this.context.currentTime;
    const source = this.context.createBufferSource();
    source.buffer = this.hiss;
    source.loop = true;
    const shape = this.context.createBiquadFilter();
    shape.type = filter;
    shape.frequency.setValueAtTime(from_hz, start);
    shape.frequency.exponentialRampToValueAtTime(to_hz, start + length_s);
    source.connect(shape).connect(this.envelope(start, length_s, gain, out));
    source.start(start, Math.random() * 0.5);
    source.stop(start + length_s);
  }

  private envelope(start: number, length_s: number, gain: number, out: AudioNode): AudioNode {
    const envelope = this.context.createGain();
    envelope.gain.setValueAtTime(SILENCE, start);
    envelope.gain.exponentialRampToValueAtTime(gain, start + ATTACK_S);
    envelope.gain.exponentialRampToValueAtTime(SILENCE, start + length_s);
    envelope.connect(out);
    return envelope;
  }
}
