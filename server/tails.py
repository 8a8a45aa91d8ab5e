"""The end that many frames share: the news of the cells that somebody sees, made once for each sight.

A sight is a rectangle of cells, and cells are numbered row by row. So when the news of all of them stands in one string
in that order, a sight is told a few pieces of it, one for each of its rows; where they begin and end is worked out for
all sights at once. But who crossed a border is told in other words to whoever doesn't know the cell that it came from
(`encoded_cells`): there the news of that one cell is cut out of its piece, and the other words are put in.

For a few sights that is more than to join what each of their cells says, and so that is what is done.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.cells import Grid, Ints
from protocol.heads import NOTHING_NEAR, tail
from protocol.packing import array_header
from server.encoded_cells import Encoding

FEW: Final = 16


def tails(grid: Grid, encoding: Encoding, sights: Ints) -> list[bytes]:
    """NOTHING_NEAR and the `protocol.heads.tail` of each of these: numbers of the grid's blocks."""
    if len(sights) <= FEW:
        return [NOTHING_NEAR + tail(*encoding.joined(grid.blocks[sight])) for sight in sights.tolist()]
    pieces = _Pieces(grid, encoding, sights)
    pieces.reword(encoding)
    return pieces.joined()


class _Pieces:
    """What each of the sights is told, row by row."""

    def __init__(self, grid: Grid, encoding: Encoding, sights: Ints) -> None:
        self._grid, self._sights = grid, sights
        self._edges = left, top, right, bottom = grid.edges_of(sights)
        self._cells = [b""] * grid.count
        for cell in encoding.told.spoken:
            self._cells[cell] = encoding.deltas[cell]
        lengths = np.fromiter(map(len, self._cells), np.int64, grid.count)
        starts, ranks = _before_each(lengths), _before_each(lengths > 0)
        self._rows = int((bottom - top).max()) + 1
        """Of the sight that has the most; others have empty ones."""
        lines = np.arange(self._rows)
        is_there = lines <= (bottom - top)[:, None]
        firsts = (top * grid.columns + left)[:, None] + lines * grid.columns
        ends = (firsts + (right - left + 1)[:, None]) * is_there
        firsts *= is_there
        self._counts: list[int] = np.add.reduce(ranks.take(ends) - ranks.take(firsts), axis=1).tolist()
        self._starts: list[int] = starts.tolist()
        self._begins: list[int] = starts.take(firsts).ravel().tolist()
        plain, plain_ends = b"".join(self._cells), starts.take(ends).ravel().tolist()
        self._pieces = [plain[begin:end] for begin, end in zip(self._begins, plain_ends, strict=True)]

    def reword(self, encoding: Encoding) -> None:
        """The news of a cell, for those who don't know all cells that somebody came from."""
        pieces, begins, told_of = self._pieces, self._begins, encoding.told.sources
        cells = sorted(told_of, reverse=True)  # within a piece the last one first: what is before it stays in place
        if not cells:
            return
        numbers, sights = self._unaware(cells, [sorted(told_of[cell]) for cell in cells]).nonzero()
        rows = np.array(cells).take(numbers) // self._grid.columns - self._edges[1].take(sights)
        ats, sights = sights * self._rows + rows, self._sights.take(sights)
        for number, at, sight in zip(numbers.tolist(), ats.tolist(), sights.tolist(), strict=True):
            cell = cells[number]
            told, begin = pieces[at], self._starts[cell] - begins[at]
            other = encoding.delta(cell, told_of[cell] & self._grid.blocks[sight].all)
            pieces[at] = told[:begin] + other + told[begin + len(self._cells[cell]) :]

    def _unaware(self, cells: list[int], sources: list[list[int]]) -> NDArray[np.bool_]:
        """Which sights see a cell, but not all of its sources: `(cells, sights)`."""
        counts = [len(some) for some in sources]
        miss = ~self._see([source for some in sources for source in some])
        firsts = np.array([0, *counts[:-1]]).cumsum()
        return np.asarray(self._see(cells) & np.logical_or.reduceat(miss, firsts))

    def joined(self) -> list[bytes]:
        pieces, rows = self._pieces, self._rows
        starts = range(0, len(pieces), rows)
        firsts = {count: NOTHING_NEAR + array_header(count) for count in set(self._counts)}
        counted = zip(self._counts, starts, strict=True)
        return [firsts[count] + b"".join(pieces[start : start + rows]) for count, start in counted]

    def _see(self, cells: list[int]) -> NDArray[np.bool_]:
        """Which sights see which of them: `(cells, sights)`."""
        rows, columns = np.divmod(np.array(cells), self._grid.columns)
        rows, columns = rows[:, None], columns[:, None]
        left, top, right, bottom = self._edges
        return np.asarray((left <= columns) & (columns <= right) & (top <= rows) & (rows <= bottom))


def _before_each(counts: NDArray[np.int64] | NDArray[np.bool_]) -> Ints:
    """The sum of all before each of them, and of all."""
    return np.concatenate(([0], counts.cumsum()))
