import { expect, test } from "vitest";

import golden from "../../../tests/golden/lead.json";
import { Lead, SILENCE_MS } from "./lead";

const TICK_MS = 1000 / 60;

interface Network {
  /** One way, ms. */
  latency_ms: number;
  /** Up to this much more, at random. */
  jitter_ms: number;
}

/** A number generator that draws the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A server that simulates tick n at n ticks of real time, and a client that speaks and hears through a network; stepped by the ms. */
class Rehearsal {
  now_ms = 0;
  late = 0;
  sent = 0;
  readonly lead = new Lead(60);
  readonly #network: Network;
  readonly #random = seeded(7);
  #stalled_ms = 0;
  #frame_ms = 1;
  #tick = 0;
  #server_tick = 0;
  #ack = 0;
  #slack_ms: number | null = null;
  readonly #arrivals = new Map<number, number>();
  #pending: number[] = [];
  #downlink: { at_ms: number; tick: number; ack: number; slack_ms: number | null }[] = [];
  #up_ms = 0;
  #down_ms = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  run(seconds: number): this {
    for (const end_ms = this.now_ms + seconds * 1000; this.now_ms < end_ms; this.now_ms += 1) {
      this.#serve();
      this.#hear();
      if (this.lead.started && Math.floor(this.now_ms) % this.#frame_ms === 0) this.#speak();
    }
    return this;
  }

  change(network: Partial<Network>): this {
    Object.assign(this.#network, network);
    this.late = this.sent = 0;
    return this;
  }

  /** The page is hidden or the laptop sleeps: nothing is said or heard, and what came meanwhile is heard in one go afterwards. */
  sleep(seconds: number): this {
    for (const end_ms = this.now_ms + seconds * 1000; this.now_ms < end_ms; this.now_ms += 1) this.#serve();
    return this;
  }

  /** From now on the page comes to itself only so often. */
  slow(frame_ms: number): this {
    this.#frame_ms = frame_ms;
    return this;
  }

  /** The server does nothing for a while, and then goes on where it was. */
  stall(ms: number): void {
    this.#stalled_ms += ms;
  }

  get leadTicks(): number {
    return this.lead.tickAt(this.now_ms) - this.now_ms / TICK_MS;
  }

  #delay(): number {
    return this.#network.latency_ms + this.#network.jitter_ms * this.#random();
  }

  #serve(): void {
    while (this.#server_tick * TICK_MS + this.#stalled_ms <= this.now_ms) {
      this.#server_tick += 1;
      this.#take(this.#server_tick);
      if (this.#server_tick % 2) continue;
      this.#down_ms = Math.max(this.#down_ms, this.now_ms + this.#delay());
      this.#downlink.push({ at_ms: this.#down_ms, tick: this.#server_tick, ack: this.#ack, slack_ms: this.#slack_ms });
      this.#slack_ms = null;
    }
  }

  #take(tick: number): void {
    for (const [said, at_ms] of this.#arrivals) {
      if (at_ms > this.now_ms || said > tick) continue;
      this.#arrivals.delete(said);
      this.late += said < tick ? 1 : 0;
      this.#ack = Math.max(this.#ack, said);
      const slack_ms = said < tick ? -(tick - said) * TICK_MS : this.now_ms - at_ms;
      this.#slack_ms = Math.round(Math.min(this.#slack_ms ?? Infinity, slack_ms));
    }
  }

  #hear(): void {
    while (this.#downlink[0] && this.#downlink[0].at_ms <= this.now_ms) {
      const { tick, ack, slack_ms } = this.#downlink.shift()!;
      const rtt_ms = 2 * this.#network.latency_ms;
      if (this.lead.started) this.lead.heard({ tick, ack, slack_ms }, rtt_ms, this.now_ms);
      else this.lead.start(tick, rtt_ms, this.now_ms);
    }
  }

  #speak(): void {
    const due = this.lead.due(this.now_ms);
    for (this.#tick = Math.max(this.#tick, due - 8); this.#tick < due; ) {
      this.#tick += 1;
      this.lead.took(this.#tick, this.now_ms);
      this.#pending.push(this.#tick);
    }
    if (this.#pending.length < 2) return;
    this.#up_ms = Math.max(this.#up_ms, this.now_ms + this.#delay());
    for (const tick of this.#pending) this.#arrivals.set(tick, this.#up_ms);
    this.sent += this.#pending.length;
    this.#pending = [];
  }
}

test("it says what the bots' clock says, told the same", () => {
  let heard = 0;
  for (const ride of golden.rides) {
    const lead = new Lead(golden.tick_rate);
    const does: Record<string, (...told: number[]) => void> = {
      start: (tick, rtt_s, now_s) => lead.start(tick!, rtt_s! * 1000, now_s! * 1000),
      took: (tick, now_s) => lead.took(tick!, now_s! * 1000),
      heard(...told) {
        const [tick, ack, slack_ms, rtt_s, now_s, clock, speed, snaps, due] = told as [number, number, number, number, number, number, number, number, number];
        lead.heard({ tick, ack, slack_ms }, rtt_s * 1000, now_s * 1000);
        expect(lead.tickAt(now_s * 1000 + 100)).toBeCloseTo(clock, 6);
        expect(lead.speed).toBeCloseTo(speed, 9);
        expect([lead.snaps, lead.due(now_s * 1000 + 1000)]).toEqual([snaps, due]);
        heard += 1;
      },
    };
    for (const [what, ...told] of ride) does[what as string]!(...(told as number[]));
  }
  expect(heard).toBeGreaterThan(200);
});

test("without news nothing more is lived after half a second", () => {
  const lead = new Lead(60);
  lead.start(100, 0, 0);
  expect(lead.due(SILENCE_MS / 2)).toBe(102 + 15);
  expect(lead.due(10_000)).toBe(102 + 30);
  expect(lead.when(133)).toBe(Infinity);
  lead.heard({ tick: 700, ack: 0, slack_ms: null }, 0, 10_000);
  expect(lead.due(10_000)).toBe(702);
});

test("on localhost inputs are in time, one to three ticks ahead", () => {
  const rehearsal = new Rehearsal({ latency_ms: 0, jitter_ms: 1 }).run(5).change({}).run(10);
  expect(rehearsal.late).toBe(0);
  expect(rehearsal.leadTicks).toBeGreaterThan(1);
  expect(rehearsal.leadTicks).toBeLessThan(3.5);
  expect(rehearsal.lead.snaps).toBe(0);
});

test("at 10 ms of jitter fewer than one input in 200 is late", () => {
  const rehearsal = new Rehearsal({ latency_ms: 40, jitter_ms: 10 }).run(5).change({}).run(30);
  expect(rehearsal.late / rehearsal.sent).toBeLessThan(0.005);
  expect(rehearsal.leadTicks * TICK_MS).toBeLessThan(40 + 10 + 4 * TICK_MS);
});

test("at 40 ms of jitter fewer than one input in 50 is late", () => {
  const rehearsal = new Rehearsal({ latency_ms: 55, jitter_ms: 40 }).run(5).change({}).run(30);
  expect(rehearsal.late / rehearsal.sent).toBeLessThan(0.02);
});

test("at 200 ms round trip it settles as well", () => {
  const rehearsal = new Rehearsal({ latency_ms: 100, jitter_ms: 5 }).run(5).change({}).run(10);
  expect(rehearsal.late / rehearsal.sent).toBeLessThan(0.005);
  expect(rehearsal.leadTicks * TICK_MS).toBeGreaterThan(100);
  expect(rehearsal.leadTicks * TICK_MS).toBeLessThan(100 + 5 + 4 * TICK_MS);
});

test("a way that grows longer is followed within seconds, by running faster", () => {
  const rehearsal = new Rehearsal({ latency_ms: 10, jitter_ms: 2 }).run(5).change({ latency_ms: 60 }).run(3).change({}).run(5);
  expect(rehearsal.late).toBe(0);
  expect(rehearsal.lead.snaps).toBe(0);
});

test("a correction is not made twice: after a step of the network the lead never overshoots by a tick", () => {
  const rehearsal = new Rehearsal({ latency_ms: 100, jitter_ms: 0 }).run(5);
  const before = rehearsal.leadTicks;
  rehearsal.change({ latency_ms: 140 });
  let highest = before;
  for (let ms = 0; ms < 6000; ms += 50) highest = Math.max(highest, rehearsal.run(0.05).leadTicks);
  expect(highest - before).toBeGreaterThan(40 / TICK_MS - 1);
  expect(highest - before).toBeLessThan(40 / TICK_MS + 1);
});

test("far off it jumps, and the speed stays within 5 %", () => {
  const rehearsal = new Rehearsal({ latency_ms: 10, jitter_ms: 2 }).run(3).change({ latency_ms: 400 });
  for (let ms = 0; ms < 4000; ms += 20) {
    rehearsal.run(0.02);
    expect(Math.abs(rehearsal.lead.speed - 1)).toBeLessThanOrEqual(0.05);
  }
  expect(rehearsal.lead.snaps).toBeGreaterThan(0);
  expect(rehearsal.change({}).run(5).late).toBe(0);
});

test("when the server's ticks are moved back, so is the clock, within a second or so", () => {
  const rehearsal = new Rehearsal({ latency_ms: 10, jitter_ms: 2 }).run(5);
  rehearsal.stall(600);
  rehearsal.run(2);
  expect(rehearsal.leadTicks).toBeLessThan(6 - 600 / TICK_MS);
  expect(rehearsal.change({}).run(5).late).toBe(0);
});

test("a clock beyond sense starts anew, though no input of its own is acknowledged any more", () => {
  for (const stray of [-3000, 3000]) {
    const lead = new Lead(60);
    lead.start(100, 20, 0);
    const now_ms = 5000;
    const tick = 100 + Math.round((now_ms + stray) / TICK_MS);
    lead.heard({ tick, ack: 0, slack_ms: null }, 20, now_ms);
    expect(lead.tickAt(now_ms) - tick).toBeCloseTo(3.2, 9);
  }
});

test("one spike is forgiven", () => {
  const lead = new Lead(60);
  lead.start(0, 0, 0);
  const hear = (tick: number, slack_ms: number) => {
    lead.took(tick, tick * TICK_MS);
    lead.heard({ tick, ack: tick, slack_ms }, 0, tick * TICK_MS);
  };
  for (let tick = 1; tick < 40; tick += 1) hear(tick, 16);
  const speed = lead.speed;
  hear(40, -120);
  expect(Math.abs(lead.speed - speed)).toBeLessThan(0.002);
});

test("news of inputs that this clock never timed are ignored", () => {
  const lead = new Lead(60);
  lead.start(100, 20, 0);
  for (let ack = 1; ack < 20; ack += 1) lead.heard({ tick: 100, ack, slack_ms: -500 }, 20, 10);
  lead.heard({ tick: 100, ack: 5, slack_ms: null }, 20, 10);
  expect(lead.snaps).toBe(0);
  expect(lead.tickAt(0)).toBeCloseTo(103.2, 9);
});

test("it starts in under a second: from then on nothing is late, at any latency", () => {
  for (const latency_ms of [0, 40, 75, 125]) {
    const rehearsal = new Rehearsal({ latency_ms, jitter_ms: 2 }).run(1).change({}).run(4);
    expect(rehearsal.late).toBe(0);
    expect(rehearsal.lead.snaps).toBe(0);
  }
});

test.each([
  ["a tab that was hidden for ten seconds", 10],
  ["a laptop that slept for ten minutes", 600],
])("%s is back in time within a second", (_, seconds) => {
  const rehearsal = new Rehearsal({ latency_ms: 40, jitter_ms: 5 }).run(5);
  const before = rehearsal.leadTicks;
  rehearsal.sleep(seconds).run(1).change({}).run(4);
  expect(rehearsal.late).toBe(0);
  expect(Math.abs(rehearsal.leadTicks - before)).toBeLessThan(3);
});

test("a round trip that jumps from 20 to 200 ms and back is followed both ways", () => {
  const rehearsal = new Rehearsal({ latency_ms: 10, jitter_ms: 5 }).run(5);
  const near = rehearsal.leadTicks;
  rehearsal.change({ latency_ms: 100 }).run(4).change({}).run(5);
  expect(rehearsal.late).toBe(0);
  expect(rehearsal.leadTicks * TICK_MS).toBeGreaterThan(100);
  rehearsal.change({ latency_ms: 10 }).run(6).change({}).run(5);
  expect(rehearsal.late).toBe(0);
  expect(rehearsal.leadTicks).toBeLessThan(near + 1.5);
});

test("at ten frames a second inputs come in time, and the lead does not spiral", () => {
  const rehearsal = new Rehearsal({ latency_ms: 40, jitter_ms: 5 }).slow(100).run(10).change({});
  const leads = Array.from({ length: 20 }, () => rehearsal.run(1).leadTicks);
  expect(rehearsal.late / rehearsal.sent).toBeLessThan(0.005);
  expect(Math.max(...leads)).toBeLessThan((40 + 5 + 100) / TICK_MS + 4);
  expect(Math.max(...leads) - Math.min(...leads)).toBeLessThan(2);
});
