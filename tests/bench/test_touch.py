"""What an entity has touched lately is what its errors are put down to."""

from bench.touch import SITUATIONS, WINDOW_TICKS, Touches
from protocol.arena import Arena, Place, Size
from server.games.pieces import ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.world import World

ARENA = Arena("box", Size(1024, 1024), [Place(100, 100)])
SQUARE = [(-40.0, -40.0), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)]


def test_ships_walls_and_rocks_are_told_apart() -> None:
    world = World(ARENA, [SHIP_KIND, ROCK_KIND, SHOT_KIND], 60)
    free = world.spawn(0, 800.0, 800.0)
    at_wall = world.spawn(0, 15.0, 500.0)
    one, other = world.spawn(0, 300.0, 300.0), world.spawn(0, 330.0, 300.0)
    rock, at_rock = world.spawn(1, 500.0, 500.0, corners=SQUARE), world.spawn(0, 555.0, 500.0)
    touches = Touches(world)
    world.step()
    touches.look(1)
    situations = {entity: touches.situation(entity, 1) for entity in (free, at_wall, one, other, rock, at_rock)}
    assert list(situations.values()) == ["flight", "walls", "contact", "contact", "contact", "rocks"]
    assert set(situations.values()) == set(SITUATIONS)


def test_it_is_over_after_a_while_and_the_worst_counts() -> None:
    world = World(ARENA, [SHIP_KIND], 60)
    one, other = world.spawn(0, 14.0, 300.0), world.spawn(0, 44.0, 300.0)
    touches = Touches(world)
    world.step()
    touches.look(1)
    assert touches.situation(one, 1) == "contact"
    world.put(other, 800.0, 800.0)
    world.put(one, 15.0, 300.0)
    world.step()
    touches.look(2)
    assert touches.situation(one, WINDOW_TICKS) == "contact"
    assert touches.situation(one, WINDOW_TICKS + 1) == "walls"
    assert touches.situation(one, WINDOW_TICKS + 2) == "flight"
    assert touches.situation(one, 0) == "flight", "what is later is not the cause"
