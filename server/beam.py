"""A beam: what it meets first, if each thing is where it is said to have been.

Instead of moving a thing to where it was, the beam is moved by as much the other way.
"""

import math

import numpy as np
import pymunk
from msgspec import Struct
from numpy.typing import NDArray


class Hit(Struct, frozen=True):
    """Where a beam ends, and at what; `entity` 0 is the arena, or nothing within its reach."""

    entity: int
    x: float
    y: float


class Beam:
    """From `start` so far in the direction of `aim`, and as thick as `radius` says: units, radians."""

    def __init__(self, start: tuple[float, float], aim: float, reach_units: float, radius: float) -> None:
        self._start, self._radius = start, radius
        self._dx, self._dy = math.cos(aim) * reach_units, math.sin(aim) * reach_units
        self._end = start[0] + self._dx, start[1] + self._dy
        self._length2 = reach_units * reach_units

    def at(self, share: float) -> tuple[float, float]:
        """After so much of its way."""
        return self._start[0] + self._dx * share, self._start[1] + self._dy * share

    def share_to_wall(self, space: pymunk.Space, walls: int) -> float:
        """How much of its way is free of the `walls` (category bits) of `space`."""
        wall = space.segment_query_first(self._start, self._end, self._radius, pymunk.ShapeFilter(mask=walls))
        return 1.0 if wall is None else wall.alpha

    def near(self, x: NDArray[np.float64], y: NDArray[np.float64], reach: NDArray[np.float64]) -> list[int]:
        """Which of the circles around these places it meets: all that may be hit."""
        along = ((x - self._start[0]) * self._dx + (y - self._start[1]) * self._dy) / self._length2
        along = np.clip(along, 0.0, 1.0)
        apart = np.hypot(x - self._start[0] - along * self._dx, y - self._start[1] - along * self._dy)
        return np.flatnonzero(apart <= reach + self._radius).tolist()

    def share_to(self, body: pymunk.Body, place: tuple[float, float], turn: float) -> float:
        """How much of its way is free of `body`, if that was at `place`, and has turned so far since."""
        there, here = pymunk.Vec2d(*place), body.position
        start, end = (here + (pymunk.Vec2d(*point) - there).rotated(turn) for point in (self._start, self._end))
        (shape,) = body.shapes
        hit = shape.segment_query(start, end, self._radius)
        return 1.0 if hit is None else hit.alpha
