"""The crowds are what they are called, and the same each time."""

from math import hypot
from random import Random

import numpy as np
import pytest

from bench.crowds import CROWDS, KINDS, ROCK, SHIP, Crowd, Pilots, put_rocks, put_ships
from protocol.motion import Input
from server.world import World

ids = [crowd.name for crowd in CROWDS]


def world_of(crowd: Crowd) -> tuple[World, list[int], list[int]]:
    world = World(crowd.arena, KINDS, crowd.rates.tick_rate)
    return world, put_ships(crowd, world, Random(1)), put_rocks(crowd, world)


@pytest.mark.parametrize("crowd", CROWDS, ids=ids)
def test_everyone_is_there_and_inside(crowd: Crowd) -> None:
    world, ships, rocks = world_of(crowd)
    assert (len(ships), len(rocks), len(world)) == (crowd.ships, crowd.rocks, crowd.entities)
    assert (world.kind[ships] == SHIP).all()
    assert (world.kind[rocks] == ROCK).all()
    for column in (world.x, world.y):
        assert (column[ships + rocks] > 0).all()
        assert (column[ships + rocks] < crowd.side_units).all()


@pytest.mark.parametrize("crowd", CROWDS, ids=ids)
def test_who_judges_is_in_the_middle(crowd: Crowd) -> None:
    world, ships, _ = world_of(crowd)
    middle, judge = crowd.side_units / 2, ships[crowd.judge]
    assert max(abs(world.x[judge] - middle), abs(world.y[judge] - middle)) <= crowd.side_units / 6


def test_free_rocks_never_meet() -> None:
    crowd = CROWDS[0]
    world, _, rocks = world_of(crowd)
    x, y = world.x[rocks], world.y[rocks]
    nearest = min(hypot(x[a] - x[b], y[a] - y[b]) for a in range(200) for b in range(a) if abs(y[a] - y[b]) < 200)
    assert nearest > 2 * KINDS[ROCK].radius
    apart = np.stack((x - crowd.side_units / 2, y - crowd.side_units / 2))
    assert (apart * np.stack((world.vx[rocks], world.vy[rocks])) >= 0).all()


def test_a_crowd_in_one_cell_has_one_owner() -> None:
    world, ships, _ = world_of(CROWDS[-1])
    assert set(world.owner[ships].tolist()) == {1}


def test_pilots_turn_as_seldom_as_they_are_told() -> None:
    crowd = next(crowd for crowd in CROWDS if crowd.name == "turning")
    pilots, turns, before = Pilots(crowd, Random(1)), 0, list[Input]()
    for tick in range(1, 10 * crowd.hold_ticks + 1):
        before = list(pilots.inputs)
        turns += sum(one is not other for one, other in zip(before, pilots.at(tick), strict=True))
    assert turns == 10 * crowd.ships


def test_pilots_of_a_crowd_at_rest_do_nothing() -> None:
    assert set(Pilots(CROWDS[0], Random(1)).at(7)) == {Input()}
