"""Lines among walls."""

from math import pi

import pytest

from bots.walls import Walls
from tests.bots.stage import ARENA, WALL

WALL_RADIUS = WALL.radius


def test_lines_are_clear_unless_a_wall_is_in_the_way() -> None:
    walls = Walls(ARENA)
    assert walls.is_clear(900, 100, 1100, 100, 4)
    assert not walls.is_clear(900, 500, 1100, 500, 4)
    assert not walls.is_clear(900, 205, 1100, 205, 16)
    assert walls.is_clear(980, 100, 980, 900, 4)
    assert walls.is_clear(500, 500, 900, 500 + pi, 4)


def test_the_way_ends_where_the_hull_meets_a_wall() -> None:
    walls = Walls(ARENA)
    open_way = walls.reach(900, 100, 1100, 100, 16)
    assert open_way == 1.0
    reach = walls.reach(900, 500, 1100, 500, 16)
    assert 900 + 200 * reach == pytest.approx(1000 - 16 - WALL_RADIUS)
    near = 1000 - 16 - WALL_RADIUS + 5
    assert 900 + (near - 900) * walls.reach(900, 500, near, 500, 16) == pytest.approx(near - 5)
    assert walls.reach(900, 500, 900, 500, 16) == 1.0


def test_who_touches_a_wall_may_go_along_it_and_away() -> None:
    walls, x = Walls(ARENA), 1000 - 16 - WALL_RADIUS
    assert walls.reach(x, 500, x, 700, 16) == 1.0
    assert walls.reach(x, 500, x - 100, 500, 16) == 1.0
