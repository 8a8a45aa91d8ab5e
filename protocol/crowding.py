"""How much of an arena may lie in one place: the engine looks at all that overlaps in every tick.

A few dozen rocks in one place push each other apart. A thousand of them, half a million pairs, take seconds for each
tick, in which no room of the process goes on; so an arena has only so many such pairs. They are counted by the circles
around rocks and crates, which is more than there are. And where thousands of walls lie upon each other, whatever
touches one touches all: so there are only so many sides of walls and blocks in any one square.
"""

from collections.abc import Iterable, Sequence
from math import hypot, sqrt
from typing import Final

import numpy as np

from protocol.limits import LOOSE_PAIRS_MAX, SIDES_PER_SQUARE_MAX

CRATE_REACH_UNITS: Final = 28.0
SQUARE_UNITS: Final = 64.0
PARTS_MAX: Final = 32
"""Of a side: to look at very long ones as closely would cost an edit too much."""
Point = tuple[float, float]
Circle = tuple[float, float, float]
"""x, y and radius."""
FEW: Final = int((1 + sqrt(1 + 8 * LOOSE_PAIRS_MAX)) / 2)
"""So many can't be too many, wherever they are."""
_ROWS: Final = 256
"""That are compared with all others at once."""


def circle_of(x: float, y: float, points: Iterable[Point]) -> Circle:
    """Around a rock with these `points`; without any, around a crate."""
    return x, y, max((hypot(*point) for point in points), default=CRATE_REACH_UNITS)


def too_many_pairs(circles: Sequence[Circle]) -> str:
    """Why there can't be all of these in one arena; "" if there can."""
    if len(circles) <= FEW or _pairs(circles) <= LOOSE_PAIRS_MAX:
        return ""
    return f"more than {LOOSE_PAIRS_MAX} pairs of them lie over one another"


def too_many_sides(sides: Sequence[tuple[Point, Point]]) -> str:
    """The same of the sides of walls and blocks, from point to point."""
    if len(sides) <= SIDES_PER_SQUARE_MAX or _most_in_a_square(sides) <= SIDES_PER_SQUARE_MAX:
        return ""
    return f"more than {SIDES_PER_SQUARE_MAX} sides of them lie within {SQUARE_UNITS:g} units"


def _most_in_a_square(sides: Sequence[tuple[Point, Point]]) -> int:
    """Each is cut into equal parts no longer than a square, or PARTS_MAX of them; a part counts where its middle is."""
    ends = np.array(sides).reshape(-1, 4)
    (x, y), (dx, dy) = ends[:, :2].T, (ends[:, 2:] - ends[:, :2]).T
    counts = np.clip(np.ceil(np.hypot(dx, dy) / SQUARE_UNITS), 1, PARTS_MAX).astype(np.int64)
    side = np.arange(len(ends)).repeat(counts)
    along = (np.arange(len(side)) - (counts.cumsum() - counts)[side] + 0.5) / counts[side]
    column, row = (np.floor((at[side] + along * way[side]) / SQUARE_UNITS) for at, way in ((x, dx), (y, dy)))
    squares = ((row - row.min()) * (column.max() - column.min() + 1) + column - column.min()).astype(np.int64)
    return int(np.bincount(squares).max())


def _pairs(circles: Sequence[Circle]) -> int:
    x, y, reach = np.array(circles, dtype=np.float32).T
    found = -len(circles)  # each lies over itself
    for first in range(0, len(circles), _ROWS):
        rows = slice(first, first + _ROWS)
        apart, across, near = x[rows, None] - x, y[rows, None] - y, reach[rows, None] + reach
        for units in (apart, across, near):
            np.square(units, out=units)
        apart += across
        found += int(np.count_nonzero(apart < near))
    return found // 2
