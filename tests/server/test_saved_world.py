"""A world that is saved and restored is the same, and goes on alike where nothing is touched."""

from random import Random

import numpy as np
import pytest
from msgspec.structs import replace

from server.saved_world import restore, save
from server.world import World
from tests.server.test_world import ARENA, CRATE, KINDS, ROCK, SHOT, SQUARE, TICK_RATE


def test_a_world_is_the_same_after_being_saved() -> None:
    world, random = World(ARENA, KINDS, TICK_RATE, entities_max=64), Random(4)
    for number in range(30):
        kind = number % len(KINDS)
        x, y, vx, vy = (random.uniform(50, 550) for _ in range(4))
        corners = SQUARE if kind == ROCK else None
        world.spawn(kind, x, y, vx=vx, vy=vy, owner=number % 3, variant=number, status=number % 7, corners=corners)
    for _ in range(20):
        world.step()
    for entity in (3, 8, 13):
        world.remove(entity)
    world.release()
    world.remove(5)
    again = World(ARENA, KINDS, TICK_RATE, entities_max=64)
    restore(again, save(world))
    assert save(again) == save(world)
    assert again.checksum() == world.checksum()
    assert len(again) == len(world)
    assert [again.spawn(CRATE, 900, 900) for _ in range(3)] == [3, 8, 13], "the lowest that are free"
    assert (5 in again.removed, again.alive[5]) == (True, False)


def test_free_flight_goes_on_to_the_last_bit() -> None:
    world = World(ARENA, KINDS, TICK_RATE, entities_max=16)
    rock = world.spawn(ROCK, 200, 200, vx=30, vy=-7, angle=0.3, corners=SQUARE)
    shot = world.spawn(SHOT, 300, 300, vx=500, vy=100, owner=2)
    world._bodies[rock].angular_velocity = 1.5
    world.step()
    again = World(ARENA, KINDS, TICK_RATE, entities_max=16)
    restore(again, save(world))
    for _ in range(15):
        world.step()
        again.step()
    assert again.checksum() == world.checksum()
    assert (again.spin[rock], again.x[shot]) == (1.5, world.x[shot])


def test_a_world_that_does_not_hold_together_is_refused() -> None:
    world = World(ARENA, KINDS, TICK_RATE, entities_max=16)
    world.spawn(CRATE, 300, 300)
    saved = save(world)
    for wrong in (
        replace(saved, integers=saved.integers + b"\0"),
        replace(saved, floats=saved.floats[:-8]),
        replace(saved, removed=[1]),
        replace(saved, removed=[0]),
        replace(saved, removed=[16]),
        replace(saved, floats=np.full(6, np.inf).tobytes()),
        replace(saved, integers=np.array([1, 9, 0, 0, 0, 0, 0], dtype="<i8").tobytes()),
    ):
        with pytest.raises(ValueError, match=r".+"):
            restore(World(ARENA, KINDS, TICK_RATE, entities_max=16), wrong)


def test_a_polygon_that_the_engine_would_die_of_is_refused() -> None:
    world = World(ARENA, KINDS, TICK_RATE, entities_max=16)
    world.spawn(ROCK, 300, 300, corners=SQUARE)
    world.spawn(CRATE, 500, 500)
    saved = save(world)
    nan, far = float("nan"), 1e200
    wrong: list[dict[int, list[tuple[float, float]]]] = [
        {},
        {1: SQUARE, 2: SQUARE},
        {1: []},
        {1: SQUARE[:2]},
        {1: [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]},
        {1: [(0.0, 0.0), (20.0, 20.0), (20.0, 0.0), (0.0, 20.0)]},
        {1: [(x * far, y * far) for x, y in SQUARE]},
        {1: [(nan, nan), *SQUARE]},
    ]
    for corners in wrong:
        with pytest.raises(ValueError, match="corners"):
            restore(World(ARENA, KINDS, TICK_RATE, entities_max=16), replace(saved, corners=corners))


def test_numbers_beyond_all_bounds_are_refused() -> None:
    world = World(ARENA, KINDS, TICK_RATE, entities_max=16)
    world.spawn(CRATE, 500, 500)
    floats = np.frombuffer(save(world).floats, "<f8").copy()
    floats[2] = 1e300
    with pytest.raises(ValueError, match="nowhere"):
        restore(World(ARENA, KINDS, TICK_RATE, entities_max=16), replace(save(world), floats=floats.tobytes()))
