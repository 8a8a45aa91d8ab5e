import { expect, test } from "vitest";

import { Clip, CLIP_AFTER_S, CLIP_BEFORE_S } from "./clip";
import { History } from "./history";
import type { Happening } from "./messages";
import { Redrawn } from "./redrawn";
import { Playback } from "./replay/playback";
import { Recording } from "./replay/file";
import { goldenReplay } from "./replay/golden";

const recording = new Recording(goldenReplay());
const { kinds, tick_rate } = recording.welcome;
const ENDING = { slain: { victim: 1, killer: 2 }, players: new Map() };

/** A match that really was, as somebody remembers it who heard its snapshots up to `tick`. */
function remembered(tick: number): { history: History; clip: Clip; go(to: number): void } {
  const history = new History(kinds, tick_rate);
  const playback = new Playback(recording);
  let heard = playback.first_tick;
  const go = (to: number) => {
    for (; heard <= to; heard += 2) {
      playback.advance(heard);
      history.heard(heard, new Map([...playback.seen()].map(({ published }) => [published.id, published])));
    }
  };
  go(tick);
  return { history, clip: history.clip({ ...ENDING, tick, event: { name: "kill", body: {} } }), go };
}

function places(source: Pick<Clip, "seen">): Map<number, [number, number, number]> {
  return new Map([...source.seen()].map(({ published, at }) => [published.id, [at.x, at.y, at.angle]]));
}

test("it shows what a replay of the same match shows, at each tick and in between", () => {
  const { clip, go } = remembered(400);
  go(460);
  const playback = new Playback(recording);
  for (let tick = clip.first_tick; tick < clip.last_tick; tick += 0.75) {
    clip.advance(tick);
    playback.advance(tick);
    expect(places(clip)).toEqual(places(playback));
    expect(places(clip).size).toBeGreaterThan(8);
  }
  clip.goTo(clip.first_tick);
  playback.goTo(clip.tick);
  expect(places(clip), "and a second time").toEqual(places(playback));
});

test("it is as long as it says, and holds no more however long it is kept", () => {
  const { clip, go } = remembered(400);
  expect([clip.first_tick, clip.last_tick]).toEqual([400 - CLIP_BEFORE_S * tick_rate, 400]);
  go(1000);
  expect(clip.last_tick).toBe(400 + CLIP_AFTER_S * tick_rate);
  expect([clip.tick, clip.share]).toEqual([clip.first_tick, 0]);
  clip.advance(9999);
  expect([clip.tick, clip.share]).toEqual([clip.last_tick, 1]);
});

test("what happened is told on the way to it, each time anew, and not by a leap", () => {
  const events: Happening[] = [100, 200, 310, 400].map((tick) => ({ type: "event", name: "pulse", tick, body: {} }));
  const stills = Array.from({ length: 180 }, (_, at) => ({ tick: 2 * at, entities: new Map() }));
  const clip = new Clip({ ...ENDING, tick: 358, event: events[0]! }, kinds, tick_rate, stills, events);
  const told = () => clip.happened().map(({ tick }) => tick);
  clip.note({ ...events[3]!, tick: 370 });
  clip.note({ ...events[3]!, tick: 389 });
  clip.heard({ tick: 380, entities: new Map() });
  for (let count = 0; count < 2; count += 1) {
    clip.goTo(150);
    expect(told()).toEqual([]);
    clip.advance(199.5);
    expect(told()).toEqual([]);
    clip.advance(320);
    clip.advance(9999);
    expect(told()).toEqual([200, 310, 370]);
  }
});

test("where nothing is remembered there is nothing to see, and nothing breaks", () => {
  const clip = new Clip({ ...ENDING, tick: 358, event: { name: "kill", body: {} } }, kinds, tick_rate, [], []);
  clip.goTo(0);
  clip.advance(360);
  expect([clip.first_tick, clip.last_tick, [...clip.seen()]]).toEqual([358, 358, []]);
});

test("it is drawn like anything else", () => {
  const { clip } = remembered(400);
  const ships = new Redrawn(kinds).take(clip.seen()).filter(({ kind }) => kind === "ship");
  expect(ships.length).toBeGreaterThan(1);
  for (const ship of ships) expect(ship).toMatchObject({ colour: "owner", radius: 16, mine: false, owner: expect.any(Number) });
});
