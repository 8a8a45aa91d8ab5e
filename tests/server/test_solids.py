"""Walls that come and go: what bounces off them."""

import pytest

from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.physics import WALL
from server.games.pieces import SHIP_KIND, SHOT_KIND
from server.world import World

ARENA = Arena("Room", Size(1024, 1024), [Place(100, 100)], walls=[Wall([(600, 100), (600, 900)])])
ACROSS = Wall([(300.0, 100.0), (300.0, 900.0)])
BLOCK = Block([(250.0, 450.0), (350.0, 450.0), (350.0, 550.0), (250.0, 550.0)])


@pytest.fixture
def world() -> World:
    return World(ARENA, (SHIP_KIND, SHOT_KIND), 60, entities_max=16)


def flown(world: World) -> float:
    """How far to the right a shot gets in a second, from the left."""
    shot = world.spawn(1, 100, 500, vx=700)
    reached = [float(world.x[shot]) for _ in range(60) if world.step() is not None]
    world.remove(shot)
    return max(reached)


def test_what_is_built_is_in_the_way_until_it_is_razed(world: World) -> None:
    assert flown(world) == pytest.approx(580, abs=13)
    world.solids.build(7, ACROSS)
    assert flown(world) == pytest.approx(280, abs=13)
    world.solids.build(7, BLOCK)
    assert flown(world) == pytest.approx(246, abs=13)
    assert len(world.solids) == 1
    world.solids.raze(7)
    world.solids.raze(7)
    assert flown(world) == pytest.approx(580, abs=13)


def test_when_all_is_cleared_the_border_stays(world: World) -> None:
    world.solids.build(7, ACROSS)
    world.solids.clear()
    world.solids.clear()
    assert len(world.solids) == 0
    shot = world.spawn(1, 100, 500, vx=700)
    reached = [float(world.x[shot]) for _ in range(200) if world.step() is not None]
    assert max(reached) == pytest.approx(1020, abs=13)
    assert reached[-1] < 1000


def test_a_space_that_was_built_up_is_as_one_that_was_made_so(world: World) -> None:
    world.solids.clear()
    for number, wall in enumerate(ARENA.walls):
        world.solids.build(number, wall)
    other = World(ARENA, (SHIP_KIND, SHOT_KIND), 60, entities_max=16)
    for one in (world, other):
        one.spawn(1, 500, 130, vx=700, vy=-300)
        for _ in range(90):
            one.step()
    assert world.checksum() == other.checksum()
    assert world.nearest_distance(600, 500, WALL) == other.nearest_distance(600, 500, WALL) < 0
