"""What stands in the way in an arena: for brains that look before they fly or fire, and so that nobody is drawn beyond
a wall when it isn't known yet how it bounced.
"""

from math import hypot
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

    def reach(self, ax: float, ay: float, bx: float, by: float, radius: float) -> float:
        """How much of the way from a to b something of `radius` can go, 0..1.

        The engine looks for walls where the line itself goes; so the line goes on for a radius.
        """
        length = hypot(bx - ax, by - ay)
        if length == 0.0:
            return 1.0
        more = (length + radius) / length
        hit = self._space.segment_query_first((ax, ay), (ax + (bx - ax) * more, ay + (by - ay) * more), radius, _WALLS)
        return 1.0 if hit is None else min(1.0, hit.alpha * more)
