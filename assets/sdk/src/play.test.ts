import { beforeEach, expect, test } from "vitest";

import { NOTHING } from "./description";
import { Duel, LINK } from "./duel";
import type { Happening } from "./messages";

let duel: Duel;

beforeEach(() => {
  duel = new Duel();
});

test("nothing is said before the first snapshot; then every tick is said once, ahead of the server", () => {
  duel.play.step(duel.now_ms);
  expect(duel.said).toEqual([]);
  duel.run(120);
  const ticks = duel.inputs().flatMap(({ first_tick, entries }) => entries.map((_, at) => first_tick + at));
  expect(ticks).toEqual(ticks.map((_, at) => ticks[0]! + at));
  expect(duel.play.tick).toBeGreaterThan(duel.tick);
  expect(duel.inputs().at(-1)!.applied).toBeGreaterThanOrEqual(duel.play.view.tick - 2);
});

test("the own ship is where the server will have it", () => {
  duel.run(120);
  expect(duel.gauges.get("prediction_error_units")).toBe(0);
  expect(duel.play.prediction.state!.x).toBeGreaterThan(duel.ship.x);
  expect(duel.play.ack).toBe(duel.play.view.tick);
});

test("what was not foreseen moves the state at once and the picture gently", () => {
  duel.run(60);
  const before = duel.picture.take(duel.now_ms, LINK).me!.x;
  duel.push = 12;
  duel.run(2);
  const { me } = duel.picture.take(duel.now_ms, LINK);
  expect(duel.gauges.get("prediction_error_units")).toBeCloseTo(12, 6);
  expect(me!.x - before).toBeLessThan(12 + 2 * (duel.play.prediction.state!.vx / 60));
  duel.run(60);
  expect(Math.hypot(duel.play.smoothing.x, duel.play.smoothing.y)).toBeLessThan(0.6);
});

test("a stall is not caught up with tick by tick", () => {
  duel.run(10);
  const ticksSaid = () => duel.inputs().reduce((ticks, { entries }) => ticks + entries.length, 0);
  const before = ticksSaid();
  duel.play.step(duel.now_ms + 1000);
  expect(ticksSaid() - before).toBeLessThanOrEqual(8 + 1);
  expect(duel.play.tick).toBeGreaterThanOrEqual(duel.tick + 25);
});

test("without news we go on for half a second, and then wait for some", () => {
  duel.run(10);
  const { tick } = duel.play;
  for (let ms = 0; ms < 5000; ms += 100) duel.play.step(duel.now_ms + ms);
  expect(duel.play.tick - tick).toBeGreaterThanOrEqual(28);
  expect(duel.play.tick - tick).toBeLessThanOrEqual(31);
  duel.now_ms += 5000;
  duel.run(120);
  expect(duel.play.tick - duel.tick).toBeLessThan(5);
  expect(duel.gauges.get("prediction_error_units")).toBeLessThan(1e-9);
});

test("a disagreement asks for the cell again", () => {
  duel.run(10);
  const wrong = { cell: 3, keyframe: true, checksum: 1, entities: [] } as const;
  duel.play.take(duel.snapshot({ cells: [{ ...wrong, entities: [] }] }), duel.now_ms);
  expect(duel.said.at(-1)).toEqual({ type: "resync", cell: 3 });
});

test("who watches a young room late is told how long until there is a picture, until there is", () => {
  const late = (starts_in_s: number): Happening => ({ type: "event", tick: 0, name: "late", body: { seconds: 30, starts_in_s } });
  const waiting = () => duel.picture.take(duel.now_ms, LINK).starts_in_s;
  expect(waiting()).toBeNull();
  duel.play.take(late(12.5), duel.now_ms);
  expect(waiting()).toBe(12.5);
  duel.now_ms += 12_000;
  expect(waiting()).toBe(0.5);
  duel.now_ms += 12_000;
  expect(waiting()).toBe(0);
  duel.run(4);
  expect(waiting()).toBeNull();
  duel.play.take(late(0), duel.now_ms);
  expect(waiting()).toBeNull();
});

test("happenings are told when the picture reaches them, and to the roster at once", () => {
  duel.run(20);
  duel.play.take({ type: "event", tick: duel.tick, name: "joined", body: { id: 9, name: "Bo", colour: 1, bot: true } }, duel.now_ms);
  expect(duel.play.roster.players.has(9)).toBe(true);
  expect(duel.play.happened()).toEqual([]);
  duel.run(6);
  expect(duel.play.happened()).toMatchObject([{ name: "joined" }]);
  expect(duel.play.happened()).toEqual([]);
});

test("of what happens while nobody asks, the latest is kept, and says when it was", () => {
  duel.run(20);
  for (let count = 0; count < 5000; count += 1) duel.play.take({ type: "event", tick: duel.tick, name: "tick", body: { count } }, duel.now_ms);
  duel.run(6);
  const happened = duel.play.happened();
  expect(happened.length).toBeLessThanOrEqual(256);
  expect(happened.at(-1)).toMatchObject({ tick: 1020, body: { count: 4999 } });
});

test("after the page was hidden the clock is set anew", () => {
  duel.run(20);
  duel.play.pause();
  duel.run(2);
  expect(duel.play.lead.snaps).toBe(1);
});

test("what we say is stamped with how old the picture was", () => {
  duel.run(120);
  const { first_tick, entries, seen } = duel.inputs().at(-1)!;
  const newest = first_tick + entries.length - 1;
  expect(newest - seen / 16).toBeGreaterThan(duel.play.interpolation.tick - 3);
  expect(newest - seen / 16).toBeLessThan(duel.play.interpolation.tick);
});

test("one's own pulse is shown at once, and not again when the server tells of it", () => {
  duel.run(60);
  duel.play.hud["pulse_until"] = 0;
  duel.controls = { ...duel.controls, pressed: { fire: false, boost: false, pulse: true } };
  const { x } = duel.play.prediction.state!;
  duel.run(1);
  duel.controls = { ...duel.controls, pressed: { fire: false, boost: false, pulse: false } };
  const [beam, ...more] = duel.play.happened();
  expect(more).toEqual([]);
  expect(beam).toMatchObject({ name: "pulse", body: { player: duel.play.welcome.player, x } });
  expect(duel.picture.take(duel.now_ms, LINK).hud["pulse_ticks"]).toBeGreaterThan(145);
  const body = { ...beam!.body };
  duel.play.take({ type: "event", tick: duel.play.tick, name: "pulse", body }, duel.now_ms);
  duel.run(30);
  expect(duel.play.happened()).toEqual([]);
  duel.play.take({ type: "event", tick: duel.tick, name: "pulse", body: { ...body, player: 99 } }, duel.now_ms);
  duel.run(30);
  expect(duel.play.happened()).toHaveLength(1);
});

const DEADLY = { ...NOTHING, kills: [{ event: "sunk", victim: "whose", killer: "by" }] };

function sunk(tick: number, whose: number): Happening {
  return { type: "event", name: "sunk", tick, body: { whose, by: 2 } };
}

test("our own end can be seen again, once the picture is there, and once each time", () => {
  const victim = duel.play.welcome.player;
  duel = new Duel({ role: "player", description: DEADLY }).run(120);
  duel.play.take(sunk(duel.tick, victim), duel.now_ms);
  expect(duel.play.slain(), "the picture is a little behind").toBeNull();
  duel.run(10);
  const clip = duel.play.slain()!;
  expect(clip.ending).toMatchObject({ tick: 1120, slain: { victim, killer: 2 }, event: { name: "sunk" } });
  expect([clip.first_tick, clip.last_tick]).toEqual([1002, 1130]);
  expect(duel.play.slain()).toBeNull();
});

test("others' ends are none of ours", () => {
  duel = new Duel({ role: "player", description: DEADLY }).run(60);
  duel.play.take(sunk(duel.tick, duel.play.welcome.player + 1), duel.now_ms);
  expect(duel.run(60).play.slain()).toBeNull();
});

test("where nobody's end can be seen again, nothing is remembered", () => {
  expect(new Duel({ role: "player", description: NOTHING }).play.history).toBeNull();
  expect(new Duel({ role: "spectator", description: DEADLY }).play.history).toBeNull();
  expect(new Duel({ role: "player", description: DEADLY }).run(4).play.history!.stills).toHaveLength(2);
});
