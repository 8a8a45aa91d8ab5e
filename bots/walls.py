"""What stands in the way in an arena: for brains that look before they fly or fire."""

from typing import Final

import pymunk

from protocol.arena import Arena
from protocol.physics import WALL, make_space

_WALLS: Final = pymunk.ShapeFilter(mask=WALL)


class Walls:
    """An arena's solid parts."""

    def __init__(self, arena: Arena) -> None:
        self._space = make_space(arena)

    def is_clear(self, ax: float, ay: float, bx: float, by: float, radius: float) -> bool:
        """Whether something of `radius` can go straight from a to b. What it touches already is not in its way."""
        return self._space.segment_query_first((ax, ay), (bx, by), radius, _WALLS) is None
