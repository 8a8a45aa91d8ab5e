"""Lines among walls."""

from math import pi

from bots.walls import Walls
from tests.bots.stage import ARENA


def test_lines_are_clear_unless_a_wall_is_in_the_way() -> None:
    walls = Walls(ARENA)
    assert walls.is_clear(900, 100, 1100, 100, 4)
    assert not walls.is_clear(900, 500, 1100, 500, 4)
    assert not walls.is_clear(900, 205, 1100, 205, 16)
    assert walls.is_clear(980, 100, 980, 900, 4)
    assert walls.is_clear(500, 500, 900, 500 + pi, 4)
