/**
 * Play, pause, speed: which tick is due. Pure; real time comes in as an argument.
 */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;

export class Transport {
  readonly first_tick: number;
  readonly last_tick: number;
  readonly tick_rate: number;
  playing = true;
  speed = 1;
  tick: number;

  constructor(first_tick: number, last_tick: number, tick_rate: number, tick = first_tick) {
    this.first_tick = first_tick;
    this.last_tick = last_tick;
    this.tick_rate = tick_rate;
    this.tick = this.within(tick);
  }

  /** So much time has passed. At the end it stops. */
  pass(seconds: number): void {
    if (!this.playing) return;
    this.tick = this.within(this.tick + seconds * this.speed * this.tick_rate);
    if (this.tick >= this.last_tick) this.playing = false;
  }

  /** Whoever plays what is over plays it again. */
  toggle(): void {
    if (!this.playing && this.tick >= this.last_tick) this.tick = this.first_tick;
    this.playing = !this.playing;
  }

  goTo(tick: number): void {
    this.tick = this.within(tick);
  }

  skip(seconds: number): void {
    this.goTo(this.tick + seconds * this.tick_rate);
  }

  /** The next faster or slower of `SPEEDS`. */
  change(step: 1 | -1): void {
    const at = SPEEDS.indexOf(this.speed as (typeof SPEEDS)[number]);
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + step))]!;
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (this.tick - this.first_tick) / this.tick_rate;
  }

  get length_s(): number {
    return (this.last_tick - this.first_tick) / this.tick_rate;
  }

  private within(tick: number): number {
    return Math.max(this.first_tick, Math.min(this.last_tick, tick));
  }
}

/** 0:07, 12:30 */
export function minutes(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The mark after or before a tick, a little off so that it can be pressed again and again; undefined: there is none. */
export function markBeside(ticks: readonly number[], tick: number, step: 1 | -1, slack: number): number | undefined {
  return step > 0 ? ticks.find((mark) => mark > tick + slack) : ticks.findLast((mark) => mark < tick - slack);
}
