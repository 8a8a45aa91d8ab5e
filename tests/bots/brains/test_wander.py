"""The brain that flies about."""

from math import hypot
from random import Random

from bots.act import Act
from bots.brains.wander import Wander
from tests.bots.stage import ARENA, Stage, common_room, view_of


def test_it_moves_at_full_stick_and_sometimes_shoots() -> None:
    wander = Wander(common_room(), Random(1))
    acts = [wander.think(view_of((500, 500)), 100 + 6 * i) for i in range(300)]
    assert all(0.99 < hypot(*act.move) < 1.01 for act in acts)
    assert 0 < sum(act.fire for act in acts) < 60


def test_it_does_nothing_without_a_ship() -> None:
    assert Wander(common_room(), Random(1)).think(view_of(None), 103) == Act()


def test_the_same_seed_wanders_the_same_way() -> None:
    one, other = (Wander(common_room(), Random(5)) for _ in range(2))
    for tick in range(100, 400, 6):
        assert one.think(view_of((500, 500)), tick) == other.think(view_of((500, 500)), tick)


def test_it_gets_around_in_a_real_room() -> None:
    stage = Stage(ARENA)
    player = stage.join(brain=lambda room: Wander(room, Random(3)))
    visited = set()
    for _ in range(40):
        stage.play(0.5)
        if player.ship is not None:
            visited.add((int(player.ship.x // 256), int(player.ship.y // 256)))
    assert len(visited) > 8
