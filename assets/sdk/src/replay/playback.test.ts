import { expect, test } from "vitest";

import { Recording } from "./file";
import { goldenBuilding, goldenReplay } from "./golden";
import { marksOf, openingOf } from "./marks";
import { Playback } from "./playback";

const recording = new Recording(goldenReplay());

function places(playback: Playback): Map<number, [number, number, number]> {
  return new Map([...playback.seen()].map(({ published, at }) => [published.id, [at.x, at.y, published.owner]]));
}

test("played to its end every checksum is right, and all kills are told, each at its tick", () => {
  const playback = new Playback(recording);
  const told = [];
  for (let tick = playback.first_tick; tick <= playback.last_tick; tick += 0.75) {
    playback.advance(tick);
    for (const event of playback.happened()) told.push([event.name, event.tick <= tick, event.tick > tick - 1]);
  }
  expect(told.filter(([name]) => name === "kill")).toEqual(Array(6).fill(["kill", true, true]));
  expect(playback.checksum_mismatches).toBe(0);
  expect([playback.first_tick, playback.last_tick]).toEqual([2, 1078]);
});

test("a leap leads to what playing leads to, forwards and back", () => {
  const played = new Playback(recording);
  const leaping = new Playback(recording);
  for (const tick of [2, 77.5, 301, 599, 601.5, 602, 603, 840, 1077.2]) {
    played.advance(tick);
    leaping.goTo(1000);
    leaping.goTo(tick);
    expect(places(leaping)).toEqual(places(played));
    expect([...leaping.roster.players.values()].map(({ name, score }) => [name, score])).toEqual(
      [...played.roster.players.values()].map(({ name, score }) => [name, score]),
    );
    expect(leaping.roster.match?.phase).toBe(played.roster.match?.phase);
  }
});

test("ships move evenly: between two snapshots nothing jumps", () => {
  const playback = new Playback(recording);
  let [before, jumps, steps] = [places(playback), 0, 0];
  for (let tick = 100; tick < 160; tick += 0.5) {
    playback.advance(tick);
    const now = places(playback);
    if (tick > 100) {
      for (const [id, [x, y, owner]] of now) {
        const was = before.get(id);
        if (!was || was[2] !== owner) continue;
        steps += 1;
        if (Math.hypot(x - was[0], y - was[1]) > 13) jumps += 1;
      }
    }
    before = now;
  }
  expect(steps).toBeGreaterThan(1000);
  expect(jumps).toBe(0);
});

test("a leap tells nothing of what it passed over", () => {
  const playback = new Playback(recording);
  playback.goTo(800);
  expect(playback.happened()).toEqual([]);
});

test("beyond both ends it stays where there is something", () => {
  const playback = new Playback(recording);
  playback.advance(99_999);
  expect(playback.tick).toBe(1078);
  playback.goTo(-5);
  expect(playback.tick).toBe(2);
  expect(places(playback).size).toBeGreaterThan(6);
});

test("one snapshot further or back is another whole tick", () => {
  const playback = new Playback(recording);
  playback.goTo(100.5);
  expect([playback.beside(1), playback.beside(-1), playback.beside(-999)]).toEqual([102, 100, 2]);
});

test("a replay that was cut goes on as far as it is there", () => {
  const cut = new Playback(new Recording(goldenReplay().slice(0, 12_000)));
  expect(cut.last_tick).toBeGreaterThan(590);
  expect(cut.last_tick).toBeLessThan(602);
  expect(cut.tick).toBe(2);
});

test("kills are marks, in their order", () => {
  const marks = marksOf(recording);
  expect(marks.map(({ name }) => name)).toEqual(Array(6).fill("kill"));
  expect(marks.map(({ tick }) => tick)).toEqual(marks.map(({ tick }) => tick).toSorted((one, other) => one - other));
});

test("play begins where the match does", () => {
  expect(openingOf(recording, 20)).toBe(2);
});

test("where an arena is built it changes as it did, by playing and by leaps", () => {
  const building = new Recording(goldenBuilding());
  const played = new Playback(building);
  const leaping = new Playback(building);
  const arenas = new Set([played.arena]);
  for (let tick = played.first_tick; tick <= played.last_tick; tick += 7.5) {
    played.advance(tick);
    arenas.add(played.arena);
    leaping.goTo(played.last_tick);
    leaping.goTo(tick);
    expect(leaping.arena).toEqual(played.arena);
  }
  expect([arenas.size, played.checksum_mismatches, leaping.checksum_mismatches]).toEqual([30, 0, 0]);
  leaping.goTo(leaping.first_tick);
  expect(leaping.arena).toEqual(building.welcome.arena);
});
