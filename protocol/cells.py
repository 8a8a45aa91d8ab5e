"""The grid of interest: square cells, numbered row by row from the top left.

A viewer sees the cells that touch a square of `VIEW_HALF_UNITS` around it, so a client may draw anything
within that distance of its ship. Pure arithmetic; who knows which cell is `server/viewers`.
"""

from collections.abc import Iterable
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CELL_UNITS: Final = 512
VIEW_HALF_UNITS: Final = 704


def is_within(half_units: float, one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a point is in the square of twice `half_units` around another."""
    return abs(one[0] - other[0]) <= half_units and abs(one[1] - other[1]) <= half_units


class Block(tuple[int, ...]):
    """Cells in ascending order, as somebody sees them; with what is asked of them again and again."""

    all: frozenset[int]
    """The same without their order."""
    number: int
    """Of its grid's blocks; 0 if it is none of them."""

    def __new__(cls, cells: Iterable[int] = (), number: int = 0) -> "Block":
        block = super().__new__(cls, cells)
        block.all, block.number = frozenset(block), number
        return block


class Grid:
    """The cells of an arena of `width` by `height` units."""

    def __init__(self, width: float, height: float, cell_units: int = CELL_UNITS) -> None:
        assert not cell_units & cell_units - 1, "a power of two, so that columns divide as floats do"
        self.width, self.height, self.cell_units = width, height, cell_units
        self.columns, self.rows = ceil(width / cell_units), ceil(height / cell_units)
        self.count = self.columns * self.rows
        self._cell_bits = cell_units.bit_length() - 1
        self._lasts = np.array([self.columns - 1, self.rows - 1])
        self.blocks = [Block()]
        """All that there are so far, by their numbers; the first is of no cells."""
        self._by_edges: dict[tuple[int, ...], Block] = {}
        self._edges = np.zeros((4, 64), dtype=np.int64)

    def cell_at(self, x: float, y: float) -> int:
        """The cell of a point; points outside the arena belong to the nearest cell."""
        return self._row(y) * self.columns + self._column(x)

    def around(self, x: float, y: float, half_units: float = VIEW_HALF_UNITS) -> Block:
        """The cells that a square of side 2 * `half_units` around a point touches, in ascending order.

        The same block of cells is always the same object.
        """
        left, right = self._column(x - half_units), self._column(x + half_units)
        top, bottom = self._row(y - half_units), self._row(y + half_units)
        return self.block(left, top, right, bottom)

    def block(self, *edges: int) -> Block:
        """The cells from the first column and the first row to the last ones, always the same object."""
        block = self._by_edges.get(edges)
        if block is None:
            block = self._by_edges[edges] = self._new_block(*edges)
        return block

    def _new_block(self, left: int, top: int, right: int, bottom: int) -> Block:
        lines, number = range(top, bottom + 1), len(self.blocks)
        block = Block((line * self.columns + column for line in lines for column in range(left, right + 1)), number)
        self.blocks.append(block)
        if number == self._edges.shape[1]:
            self._edges = np.concatenate((self._edges, np.zeros_like(self._edges)), axis=1)
        self._edges[:, number] = left, top, right, bottom
        return block

    def edges_of(self, numbers: Ints) -> Ints:
        """The first column, first row, last column and last row of blocks, `(4, n)`."""
        return self._edges.take(numbers, axis=1)

    def edges_around(self, points: Floats, half_units: float) -> Ints:
        """The same of the block `around` each of `points`, which are `(2, n)`."""
        return np.concatenate((self._lines(points - half_units), self._lines(points + half_units)))

    def cells_at(self, points: Floats) -> Ints:
        """`cell_at` of many: `points` are `(2, n)`."""
        column, row = self._lines(points)
        return np.asarray(row * self.columns + column)

    def _lines(self, points: Floats) -> Ints:
        """Which column and which row, of `(2, n)`."""
        lines = points.astype(np.int64)  # towards 0, which is the same: what is below belongs to the first
        lines >>= self._cell_bits
        np.maximum(lines, 0, out=lines)
        np.minimum(lines, self._lasts[:, None], out=lines)
        return lines

    def _column(self, x: float) -> int:
        column = int(x // self.cell_units)
        return 0 if column < 0 else min(column, self.columns - 1)

    def _row(self, y: float) -> int:
        row = int(y // self.cell_units)
        return 0 if row < 0 else min(row, self.rows - 1)
