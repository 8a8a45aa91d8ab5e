"""What is near, found for all ships at once, against every pair looked at one by one."""

from collections.abc import Iterator
from math import hypot
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.arena import Arena, Place, Size
from protocol.near import Near, pack_near, unpack_near
from protocol.quantize import SPIN_SCALE
from server import near as near_module
from server.near import HORIZON_S, HORIZON_SHIP_S, MARGIN_SHIP_UNITS, MARGIN_UNITS, NEAR_MAX, near
from server.world import World
from tests.server.test_world import CRATE, KINDS, PICKUP, ROCK, SHIP, SHOT, TICK_RATE

ARENA = Arena("Field", Size(1500, 900), [Place(512, 512)])
ROCK_CORNERS = [(-60.0, -40.0), (50.0, -45.0), (40.0, 60.0), (-55.0, 50.0)]
BOULDER = [(-250.0, 0.0), (0.0, -250.0), (250.0, 0.0), (0.0, 250.0)]
REACHES = {SHIP: 16.0, ROCK: hypot(55, 50) + 1, CRATE: hypot(20, 20) + 1}


def found(world: World, *ships: int) -> list[list[Near]]:
    return [unpack_near(records) for records in near(world, np.array(ships, dtype=np.int64))]


def crowd(seed: int, bodies: int) -> tuple[World, list[int]]:
    """A world full of things that fly about, some of them beyond its edge."""
    random, world, ships = Random(seed), World(ARENA, KINDS, TICK_RATE, entities_max=bodies + 1), []
    for number in range(bodies):
        kind = random.choice((SHIP, SHIP, SHOT, ROCK, CRATE, PICKUP))
        place = random.uniform(-30, 1530), random.uniform(-30, 930)
        corners = ROCK_CORNERS if kind == ROCK else None
        vx, vy = random.uniform(-700, 700), random.uniform(-700, 700)
        entity = world.spawn(kind, *place, vx=vx, vy=vy, owner=number, corners=corners)
        ships += [entity] if kind == SHIP else []
    return world, ships


def told_one_by_one(world: World, ship: int) -> Iterator[tuple[float, int]]:
    """(gap, entity) of what ought to be told, but for what is far off."""
    for other in np.flatnonzero(world.alive).tolist():
        kind = int(world.kind[other])
        if other == ship or kind not in REACHES:
            continue
        dx, dy = world.x[other] - world.x[ship], world.y[other] - world.y[ship]
        apart = hypot(dx, dy)
        dvx, dvy = world.vx[other] - world.vx[ship], world.vy[other] - world.vy[ship]
        closing = -(dx * dvx + dy * dvy) / apart
        gap = apart - REACHES[kind] - REACHES[SHIP]
        is_ship = kind == SHIP
        margin, horizon = (MARGIN_SHIP_UNITS, HORIZON_SHIP_S) if is_ship else (MARGIN_UNITS, HORIZON_S)
        if gap <= margin + horizon * max(closing, 0.0):
            yield gap, other


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_it_is_what_a_look_at_every_pair_finds(seed: int, bodies: int) -> None:
    world, ships = crowd(seed, bodies)
    for ship, told in zip(ships, found(world, *ships), strict=True):
        expected = sorted(told_one_by_one(world, ship))
        entities = [body.entity for body in told]
        assert entities == [entity for _, entity in expected if entity in entities], "the nearest first"
        gap_max = next((gap for gap, entity in expected if entity == entities[-1]), 0.0) if entities else 0.0
        for gap, entity in expected:
            if hypot(world.x[entity] - world.x[ship], world.y[entity] - world.y[ship]) < 250.0:
                assert entity in entities or (len(entities) == NEAR_MAX and gap >= gap_max)


def test_a_record_is_the_truth() -> None:
    world = World(ARENA, KINDS, TICK_RATE)
    ship = world.spawn(SHIP, 500.3, 300.7, owner=1)
    other = world.spawn(SHIP, 540.1, 280.9, vx=-33.3, vy=12.34, owner=2)
    rock = world.spawn(ROCK, 420.2, 330.4, vx=1.03, vy=-2.06, angle=7.0, corners=ROCK_CORNERS)
    world.spin[rock] = 1.5
    world.steer([ship, other], [(5, 6), (-127, 64)], [0, 1000], [False, False])
    (told,) = found(world, ship)
    turns = 7.0 / (2 * np.pi) - 1.0
    expected = [
        Near(rock, -80.1, 29.7, 1.03, -2.06, turns, 1.5 / (2 * np.pi), 0, 0),
        Near(other, 39.8, -19.8, *world_velocity(world, other), 1000 / 4096, 0.0, -127, 64),
    ]
    assert pack_near(told) == pack_near(expected)
    assert told[0].spin == pytest.approx(1.5 / (2 * np.pi), abs=1 / SPIN_SCALE)


def world_velocity(world: World, entity: int) -> tuple[float, float]:
    return float(world.vx[entity]), float(world.vy[entity])


def test_the_nearest_are_told_when_there_are_many() -> None:
    world = World(ARENA, KINDS, TICK_RATE)
    ship = world.spawn(SHIP, 500, 300, owner=1)
    crates = [world.spawn(CRATE, 540 + number, 300) for number in range(NEAR_MAX + 5)]
    alone = world.spawn(SHIP, 1300, 800, owner=2)
    told, of_other = found(world, ship, alone)
    assert [body.entity for body in told] == crates[:NEAR_MAX]
    assert of_other == []


def test_a_boulder_as_large_as_they_come_is_near_when_it_touches() -> None:
    world = World(ARENA, KINDS, TICK_RATE)
    ship, boulder = world.spawn(SHIP, 400, 450, owner=1), world.spawn(ROCK, 680, 450, corners=BOULDER)
    assert [body.entity for body in found(world, ship)[0]] == [boulder]


def test_shots_and_pickups_and_what_is_gone_are_not_near() -> None:
    world = World(ARENA, KINDS, TICK_RATE)
    ship = world.spawn(SHIP, 500, 300, owner=1)
    world.spawn(SHOT, 510, 300)
    world.spawn(PICKUP, 510, 310)
    world.remove(world.spawn(CRATE, 520, 300))
    assert found(world, ship) == [[]]


def test_who_has_no_ship_has_nothing_near() -> None:
    world = World(ARENA, KINDS, TICK_RATE)
    ship = world.spawn(SHIP, 500, 300, owner=1)
    other = world.spawn(SHIP, 530, 300, owner=2)
    nothing, beside = found(world, 0, ship)
    assert (nothing, [body.entity for body in beside]) == ([], [other])
    assert found(world, 0) == [[]]
    assert found(world) == []


def test_in_a_crowd_fewer_buckets_are_looked_at_and_in_the_densest_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world, ships = crowd(1, 60)
    everything = found(world, *ships)
    pairs = [len(told) for told in everything]
    for pairs_max in (400, 120, 0):
        monkeypatch.setattr(near_module, "PAIRS_FEW", 0)
        monkeypatch.setattr(near_module, "PAIRS_MAX", pairs_max)
        fewer = found(world, *ships)
        for told, all_told in zip(fewer, everything, strict=True):
            assert {body.entity for body in told} <= {body.entity for body in all_told} or len(all_told) == NEAR_MAX
        assert sum(map(len, fewer)) <= sum(pairs)
        pairs = [len(told) for told in fewer]
    assert sum(pairs) == 0


@pytest.mark.parametrize("seed", range(8))
def test_few_pairs_are_looked_at_one_by_one_and_the_same_is_found(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world, ships = crowd(seed, 60)
    assert len(ships) * 60 < near_module.PAIRS_FEW
    one_by_one = found(world, *ships)
    monkeypatch.setattr(near_module, "PAIRS_FEW", 0)
    assert found(world, *ships) == one_by_one
    assert any(one_by_one)
