"""The grid of interest: square cells, numbered row by row from the top left.

A viewer sees the cells that touch a square of `VIEW_HALF_UNITS` around it, so a client may draw anything
within that distance of its ship. Pure arithmetic; who knows which cell is `server/viewers`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import ceil
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL_UNITS: Final = 512
VIEW_HALF_UNITS: Final = 704


def is_within(half_units: float, one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a point is in the square of twice `half_units` around another."""
    return abs(one[0] - other[0]) <= half_units and abs(one[1] - other[1]) <= half_units


class Block(tuple[int, ...]):
    """Cells in ascending order, as somebody sees them; with what is asked of them again and again."""

    all: frozenset[int]
    """The same without their order."""
    pick: Callable[[Mapping[int, bytes]], tuple[bytes, ...]]
    """What each of them stands for."""

    def __new__(cls, cells: Iterable[int] = ()) -> "Block":
        block = super().__new__(cls, cells)
        block.all = frozenset(block)
        block.pick = itemgetter(*block) if len(block) > 1 else block._pick
        return block

    def _pick(self, by_cell: Mapping[int, bytes]) -> tuple[bytes, ...]:
        return tuple([by_cell[cell] for cell in self])


@cache
def _edges(half_units: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(where the edges of each are from the middle, how far each of them, both ways, is shifted) in `places`."""
    offsets = np.array([(-half, half) for half in half_units])[:, :, None]
    return offsets, 7 * np.arange(4 * len(half_units))[:, None]


class Grid:
    """The cells of an arena of `width` by `height` units."""

    def __init__(self, width: float, height: float, cell_units: int = CELL_UNITS) -> None:
        assert not cell_units & cell_units - 1, "a power of two, so that columns divide as floats do"
        self.width, self.height, self.cell_units = width, height, cell_units
        self.columns, self.rows = ceil(width / cell_units), ceil(height / cell_units)
        self.count = self.columns * self.rows
        self._cell_bits = cell_units.bit_length() - 1
        self._lasts = np.array([self.columns - 1, self.rows - 1])
        self._blocks: dict[tuple[int, int, int, int], Block] = {}

    def cell_at(self, x: float, y: float) -> int:
        """The cell of a point; points outside the arena belong to the nearest cell."""
        return self._row(y) * self.columns + self._column(x)

    def around(self, x: float, y: float, half_units: float = VIEW_HALF_UNITS) -> Block:
        """The cells that a square of side 2 * `half_units` around a point touches, in ascending order.

        The same block of cells is always the same object.
        """
        left, right = self._column(x - half_units), self._column(x + half_units)
        top, bottom = self._row(y - half_units), self._row(y + half_units)
        block = self._blocks.get((left, right, top, bottom))
        if block is None:
            lines = range(top, bottom + 1)
            block = Block(line * self.columns + column for line in lines for column in range(left, right + 1))
            self._blocks[left, right, top, bottom] = block
        return block

    def cells_at(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """`cell_at` of many: `points` are `(2, n)`."""
        column, row = self._lines(points)
        return np.asarray(row * self.columns + column)

    def places(self, x: NDArray[np.float64], y: NDArray[np.float64], *half_units: float) -> NDArray[np.int64]:
        """One number for each point: equal numbers have equal blocks `around` them, for each of `half_units`.

        At most two of them, and a grid of at most 128 by 128 cells: four edges of 7 bits each.
        """
        assert len(half_units) <= 2 and max(self.columns, self.rows) <= 128, "the numbers have 63 bits"
        offsets, shifts = _edges(half_units)
        edges = self._lines(np.array((x, y))[:, None, None] + offsets).reshape(-1, len(x))
        edges <<= shifts
        return np.asarray(np.bitwise_or.reduce(edges, axis=0))

    def _lines(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """Which column and which row, of `(2, …, n)`."""
        lines = points.astype(np.int64)  # towards 0, which is the same: what is below belongs to the first
        lines >>= self._cell_bits
        np.maximum(lines, 0, out=lines)
        np.minimum(lines, self._lasts.reshape(2, *[1] * (points.ndim - 1)), out=lines)
        return lines

    def _column(self, x: float) -> int:
        column = int(x // self.cell_units)
        return 0 if column < 0 else min(column, self.columns - 1)

    def _row(self, y: float) -> int:
        row = int(y // self.cell_units)
        return 0 if row < 0 else min(row, self.rows - 1)
