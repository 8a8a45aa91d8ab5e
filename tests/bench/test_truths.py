"""The truth between two ticks is on the line from one to the other."""

from bench.truths import TRUTHS_KEPT, Truths
from protocol.arena import Arena, Place, Size
from server.games.pieces import SHIP_KIND
from server.world import World


def test_between_ticks_and_beyond_what_is_known() -> None:
    world = World(Arena("box", Size(1024, 1024), [Place(100, 100)]), [SHIP_KIND], 60)
    ship = world.spawn(0, 100.0, 200.0)
    truths = Truths(world)
    truths.look(1)
    world.put(ship, 110.0, 200.0)
    truths.look(2)
    assert truths.at(ship, 1.0) == (100.0, 200.0)
    assert truths.at(ship, 1.25) == (102.5, 200.0)
    assert truths.at(ship, 0.5) is None
    assert truths.at(ship, 2.5) is None
    assert truths.at(ship + 1, 1.5) is None, "nobody there"
    world.put(ship, 900.0, 200.0)
    truths.look(3)
    assert truths.at(ship, 2.5) is None, "nobody flies so fast"
    for tick in range(4, TRUTHS_KEPT + 10):
        truths.look(tick)
    assert truths.at(ship, 5.0) is None
    assert truths.at(ship, 20.0) == (900.0, 200.0)
