"""Bank shots: where on the walls a shot must bounce to come out at a target.

A wall mirrors: the path me - wall - target with equal angles is the straight line to the target's mirror image.
All walls are tried at once (NumPy); whether something stands in the way is for the caller to ask.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from protocol.arena import Arena, Point


class Bank(Struct, frozen=True):
    """A path over one wall: where the shot's centre turns, and how far it is in all."""

    x: float
    y: float
    length: float


class Cushions:
    """Every straight edge of an arena that reflects shots of `shot_radius`."""

    def __init__(self, arena: Arena, shot_radius: float) -> None:
        edges = np.array([(*a, *b, radius) for a, b, radius in _edges(arena)], dtype=np.float64)
        self._from = edges[:, 0:2]
        along = edges[:, 2:4] - self._from
        self._length = np.hypot(along[:, 0], along[:, 1])
        self._along = along / self._length[:, None]
        self._across = np.stack((-self._along[:, 1], self._along[:, 0]), axis=1)
        self._offset = edges[:, 4] + shot_radius
        """How far from the edge's line the shot's centre turns."""

    def banks(self, me: Point, target: Point, length_max: float) -> list[Bank]:
        """The paths from `me` to `target` over one edge, the shortest first, no longer than `length_max`."""
        mine, other = np.array(me) - self._from, np.array(target) - self._from
        my_height, other_height = (mine * self._across).sum(axis=1), (other * self._across).sum(axis=1)
        side = np.sign(my_height)
        my_gap, other_gap = side * my_height - self._offset, side * other_height - self._offset
        my_foot, other_foot = (mine * self._along).sum(axis=1), (other * self._along).sum(axis=1)
        same_side = (my_gap > 0) & (other_gap > 0)
        gaps = np.where(same_side, my_gap + other_gap, 1.0)
        foot = my_foot + (other_foot - my_foot) * my_gap / gaps
        length = np.hypot(other_foot - my_foot, gaps)
        possible = np.flatnonzero(same_side & (foot > 0) & (foot < self._length) & (length <= length_max))
        points = self._from + self._along * foot[:, None] + self._across * (side * self._offset)[:, None]
        ordered = possible[np.argsort(length[possible])]
        return [Bank(float(points[i, 0]), float(points[i, 1]), float(length[i])) for i in ordered]


def _edges(arena: Arena) -> Iterator[tuple[Point, Point, float]]:
    """(from, to, radius) of all walls, sides of blocks, and the border."""
    for wall in arena.walls:
        yield from ((a, b, wall.radius) for a, b in wall.segments() if a != b)
    for block in arena.blocks:
        yield from ((a, b, 0.0) for a, b in _sides(block.points))
    width, height = arena.size.width, arena.size.height
    yield from ((a, b, 0.0) for a, b in _sides([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]))


def _sides(points: list[Point]) -> Iterator[tuple[Point, Point]]:
    yield from zip(points, [*points[1:], points[0]], strict=True)
