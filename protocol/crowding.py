"""How much of what is loose in an arena lies over one another: each such pair is work for the engine in every tick.

A few dozen rocks in one place push each other apart. A thousand of them, half a million pairs, take seconds for each
tick, in which no room of the process goes on; so an arena has only so many such pairs. They are counted by the circles
around rocks and crates, which is more than there are.
"""

from collections.abc import Iterable
from math import hypot, sqrt
from typing import Final

import numpy as np

from protocol.limits import LOOSE_PAIRS_MAX

CRATE_REACH_UNITS: Final = 28.0
Circle = tuple[float, float, float]
"""x, y and radius."""
FEW: Final = int((1 + sqrt(1 + 8 * LOOSE_PAIRS_MAX)) / 2)
"""So many can't be too many, wherever they are."""
_ROWS: Final = 256
"""That are compared with all others at once."""


def circle_of(x: float, y: float, points: Iterable[tuple[float, float]]) -> Circle:
    """Around a rock with these `points`; without any, around a crate."""
    return x, y, max((hypot(*point) for point in points), default=CRATE_REACH_UNITS)


def objection(circles: list[Circle]) -> str:
    """Why there can't be all of these in one arena; "" if there can."""
    if len(circles) <= FEW or _pairs(circles) <= LOOSE_PAIRS_MAX:
        return ""
    return f"more than {LOOSE_PAIRS_MAX} pairs of them lie over one another"


def _pairs(circles: list[Circle]) -> int:
    x, y, reach = np.array(circles).T
    found = -len(circles)  # each lies over itself
    for first in range(0, len(circles), _ROWS):
        rows = slice(first, first + _ROWS)
        apart = (x[rows, None] - x) ** 2 + (y[rows, None] - y) ** 2
        found += int(np.count_nonzero(apart < (reach[rows, None] + reach) ** 2))
    return found // 2
