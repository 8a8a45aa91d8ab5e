/**
 * How many sounds there may be at once, and how soon the same one may be heard again.
 *
 * A hundred shots in a second are noise, and a hundred nodes per second would make the audio thread crackle. Pure: time comes in.
 */

export class Voices {
  private readonly limit: number;
  private readonly ends_s: number[] = [];
  private readonly last_s = new Map<string, number>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether a sound may start now; if so it counts until it ends. */
  admit(name: string, now_s: number, length_s: number, gap_s: number): boolean {
    for (let index = this.ends_s.length - 1; index >= 0; index -= 1) {
      if ((this.ends_s[index] ?? 0) <= now_s) this.ends_s.splice(index, 1);
    }
    const since_s = now_s - (this.last_s.get(name) ?? -Infinity);
    if (this.ends_s.length >= this.limit || since_s < gap_s) return false;
    this.ends_s.push(now_s + length_s);
    this.last_s.set(name, now_s);
    return true;
  }
}
