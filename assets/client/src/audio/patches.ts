/**
 * What each happening sounds like. Pure.
 */

import type { EffectName } from "../render/effects";
import type { Patch } from "./synth";

/** Five notes that sound well in any order: every bounce climbs one. */
const SCALE_HZ = [392, 523, 659, 784, 1047];

const SILENT: Patch = { tones: [], noises: [] };

/** `amount` as in `Effect`. */
export function effectPatch(name: EffectName, amount: number): Patch {
  switch (name) {
    case "shot":
      return {
        tones: [{ wave: "square", from_hz: 880, to_hz: 190, length_s: 0.11, gain: 0.1 }],
        noises: [{ filter: "highpass", from_hz: 5000, to_hz: 1500, length_s: 0.05, gain: 0.08 }],
      };
    case "bounce":
      return bounce(amount);
    case "spent":
      return { tones: [], noises: [{ filter: "bandpass", from_hz: 2400, to_hz: 500, length_s: 0.09, gain: 0.14 }] };
    case "hurt":
      return {
        tones: [{ wave: "sawtooth", from_hz: 240, to_hz: 70, length_s: 0.16, gain: 0.16 }],
        noises: [{ filter: "lowpass", from_hz: 2600, to_hz: 300, length_s: 0.14, gain: 0.22 }],
      };
    case "explosion":
      return {
        tones: [{ wave: "sine", from_hz: 150, to_hz: 28, length_s: 0.7, gain: 0.55 }],
        noises: [{ filter: "lowpass", from_hz: 3800, to_hz: 90, length_s: 0.9, gain: 0.5 }],
      };
    case "shield_down":
      return { tones: [{ wave: "triangle", from_hz: 1200, to_hz: 160, length_s: 0.35, gain: 0.18 }], noises: [] };
    case "boost":
      return {
        tones: [{ wave: "sawtooth", from_hz: 70, to_hz: 210, length_s: 0.4, gain: 0.07 }],
        noises: [{ filter: "bandpass", from_hz: 350, to_hz: 1900, length_s: 0.45, gain: 0.22 }],
      };
    case "spawn":
      return arpeggio([262, 392, 523], 0.05, 0.22, 0.1);
    case "crate_hurt":
      return { tones: [], noises: [{ filter: "bandpass", from_hz: 900, to_hz: 400, length_s: 0.08, gain: 0.2 }] };
    case "debris":
      return {
        tones: [{ wave: "triangle", from_hz: 300, to_hz: 60, length_s: 0.2, gain: 0.2 }],
        noises: [{ filter: "bandpass", from_hz: 1700, to_hz: 300, length_s: 0.3, gain: 0.35 }],
      };
    case "kick":
      return {
        tones: [{ wave: "sine", from_hz: 190 + 130 * amount, to_hz: 62, length_s: 0.16 + 0.1 * amount, gain: 0.16 + 0.3 * amount }],
        noises: [{ filter: "lowpass", from_hz: 1400 + 1600 * amount, to_hz: 260, length_s: 0.06, gain: 0.06 + 0.14 * amount }],
      };
    case "pulse":
      return {
        tones: [
          { wave: "sawtooth", from_hz: 1900, to_hz: 110, length_s: 0.22, gain: 0.12 },
          { wave: "sine", from_hz: 520, to_hz: 60, length_s: 0.32, gain: 0.3 },
        ],
        noises: [{ filter: "bandpass", from_hz: 5200, to_hz: 700, length_s: 0.2, gain: 0.16 }],
      };
    case "pickup":
      return arpeggio([523, 659, 784, 1047], 0.055, 0.2, 0.13);
  }
}

export const MATCH_START = arpeggio([262, 392, 523, 784], 0.11, 0.5, 0.16);
export const MATCH_END = arpeggio([784, 659, 523, 392, 523], 0.14, 0.6, 0.16);
export const SHOUT = arpeggio([784, 1175], 0.07, 0.3, 0.12);

function bounce(bounces: number): Patch {
  const hz = SCALE_HZ[Math.min(SCALE_HZ.length - 1, Math.max(0, bounces))] ?? 0;
  if (hz === 0) return SILENT;
  return {
    tones: [
      { wave: "triangle", from_hz: 2 * hz, to_hz: 2 * hz * 0.99, length_s: 0.2, gain: 0.16 },
      { wave: "sine", from_hz: 3.01 * hz, to_hz: 3 * hz, length_s: 0.1, gain: 0.07 },
    ],
    noises: [{ filter: "highpass", from_hz: 6000, to_hz: 3000, length_s: 0.03, gain: 0.1 }],
  };
}

function arpeggio(notes_hz: readonly number[], step_s: number, length_s: number, gain: number): Patch {
  const tones = notes_hz.map(
    (hz, index) => ({ wave: "triangle", from_hz: hz, to_hz: hz, length_s, gain, delay_s: index * step_s }) as const,
  );
  return { tones, noises: [] };
}
