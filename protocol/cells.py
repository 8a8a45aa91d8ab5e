"""The grid of interest: square cells, numbered row by row from the top left.

A viewer sees the cells that touch a square of `VIEW_HALF_UNITS` around it, so a client may draw anything
within that distance of its ship. Pure arithmetic; who knows which cell is `server/viewers`.
"""

from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL_UNITS: Final = 512
VIEW_HALF_UNITS: Final = 704


class Grid:
    """The cells of an arena of `width` by `height` units."""

    def __init__(self, width: float, height: float, cell_units: int = CELL_UNITS) -> None:
        self.width, self.height, self.cell_units = width, height, cell_units
        self.columns, self.rows = ceil(width / cell_units), ceil(height / cell_units)
        self.count = self.columns * self.rows
        self._blocks: dict[tuple[int, int, int, int], tuple[int, ...]] = {}

    def cell_at(self, x: float, y: float) -> int:
        """The cell of a point; points outside the arena belong to the nearest cell."""
        return self._row(y) * self.columns + self._column(x)

    def around(self, x: float, y: float, half_units: float = VIEW_HALF_UNITS) -> tuple[int, ...]:
        """The cells that a square of side 2 * `half_units` around a point touches, in ascending order.

        The same block of cells is always the same object.
        """
        left, right = self._column(x - half_units), self._column(x + half_units)
        top, bottom = self._row(y - half_units), self._row(y + half_units)
        block = self._blocks.get((left, right, top, bottom))
        if block is None:
            lines = range(top, bottom + 1)
            block = tuple(line * self.columns + column for line in lines for column in range(left, right + 1))
            self._blocks[left, right, top, bottom] = block
        return block

    def places(self, x: NDArray[np.float64], y: NDArray[np.float64], *half_units: float) -> NDArray[np.int64]:
        """One number for each point: equal numbers have equal blocks `around` them, for each of `half_units`.

        At most two of them, and a grid of at most 128 by 128 cells: four edges of 7 bits each.
        """
        assert len(half_units) <= 2 and max(self.columns, self.rows) <= 128, "the numbers have 63 bits"
        places = np.zeros(len(x), dtype=np.int64)
        for half in half_units:
            for along, count in ((x, self.columns), (y, self.rows)):
                for edge in (along - half, along + half):
                    cell = np.floor_divide(edge, self.cell_units).clip(0, count - 1)
                    places = places * 128 + cell.astype(np.int64)
        return places

    def _column(self, x: float) -> int:
        column = int(x // self.cell_units)
        return 0 if column < 0 else min(column, self.columns - 1)

    def _row(self, y: float) -> int:
        row = int(y // self.cell_units)
        return 0 if row < 0 else min(row, self.rows - 1)
