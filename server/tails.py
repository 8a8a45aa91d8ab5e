"""The end that many frames share: the news of the cells that somebody sees, made once for each sight.

A sight is a rectangle of cells, and cells are numbered row by row. A *strip* is what stands between two columns, from
the first row to the last: the news of its cells are one string. There are few strips, for all who see the same columns
have the same; and a sight is one piece of its strip, from its first row to its last. Where pieces begin and end is
worked out for all sights at once. But who crossed a border is told in other words to whoever doesn't know the cell that
it came from (`encoded_cells`): there the news of that one cell is cut out of the piece, and the other words are put in.

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
    return pieces.counted()


class _Pieces:
    """What each of the sights is told."""

    def __init__(self, grid: Grid, encoding: Encoding, sights: Ints) -> None:
        self._grid, self._sights = grid, sights
        self._edges = left, top, right, bottom = grid.edges_of(sights)
        self._cells = [b""] * grid.count
        for cell in encoding.told.spoken:
            self._cells[cell] = encoding.deltas[cell]
        lengths = np.fromiter(map(len, self._cells), np.int64, grid.count)
        self._starts, ranks = _before_each(lengths), _before_each(lengths > 0)
        lefts, rights, self._strip = _distinct(left, right, grid.columns)
        firsts = np.arange(grid.rows) * grid.columns + lefts[:, None]
        ends = firsts + (rights - lefts + 1)[:, None]
        self._begins, stops = self._starts.take(firsts), self._starts.take(ends)
        """Where each row of a strip begins in the news of all cells, `(strips, rows)`."""
        self._offsets = _before_each(stops - self._begins)
        """And where in its strip, `(strips, rows + 1)`."""
        counts = _before_each(ranks.take(ends) - ranks.take(firsts))
        first, last = (self._strip, top), (self._strip, bottom + 1)
        self._counts: list[int] = (counts[last] - counts[first]).tolist()
        self._from, to = self._offsets[first], self._offsets[last]
        """Where in its strip each sight begins, and ends."""
        plain, each = b"".join(self._cells), zip(self._begins.tolist(), stops.tolist(), strict=True)
        strips = [b"".join([plain[begin:end] for begin, end in zip(*both, strict=True)]) for both in each]
        three = zip(self._strip.tolist(), self._from.tolist(), to.tolist(), strict=True)
        self._pieces = [strips[strip][begin:end] for strip, begin, end in three]

    def reword(self, encoding: Encoding) -> None:
        """The news of a cell, for those who don't know all cells that somebody came from."""
        pieces, told_of = self._pieces, encoding.told.sources
        cells = sorted(told_of, reverse=True)  # within a piece the last one first: what is before it stays in place
        if not cells:
            return
        numbers, at = self._unaware(cells, [sorted(told_of[cell]) for cell in cells]).nonzero()
        these = np.array(cells).take(numbers)
        place = self._strip.take(at), these // self._grid.columns
        begins = self._starts.take(these) - self._begins[place] + self._offsets[place] - self._from.take(at)
        sights = self._sights.take(at).tolist()
        for cell, one, sight, begin in zip(these.tolist(), at.tolist(), sights, begins.tolist(), strict=True):
            other = encoding.delta(cell, told_of[cell] & self._grid.blocks[sight].all)
            pieces[one] = pieces[one][:begin] + other + pieces[one][begin + len(self._cells[cell]) :]

    def _unaware(self, cells: list[int], sources: list[list[int]]) -> NDArray[np.bool_]:
        """Which sights see a cell, but not all of its sources: `(cells, sights)`."""
        counts = [len(some) for some in sources]
        miss = ~self._see([source for some in sources for source in some])
        firsts = np.array([0, *counts[:-1]]).cumsum()
        return np.asarray(self._see(cells) & np.logical_or.reduceat(miss, firsts))

    def counted(self) -> list[bytes]:
        firsts = {count: NOTHING_NEAR + array_header(count) for count in set(self._counts)}
        return [firsts[count] + piece for count, piece in zip(self._counts, self._pieces, strict=True)]

    def _see(self, cells: list[int]) -> NDArray[np.bool_]:
        """Which sights see which of them: `(cells, sights)`."""
        rows, columns = np.divmod(np.array(cells), self._grid.columns)
        rows, columns = rows[:, None], columns[:, None]
        left, top, right, bottom = self._edges
        return np.asarray((left <= columns) & (columns <= right) & (top <= rows) & (rows <= bottom))


def _before_each(counts: NDArray[np.int64] | NDArray[np.bool_]) -> Ints:
    """The sum of all before each of them along the last axis, and of all."""
    sums = np.zeros((*counts.shape[:-1], counts.shape[-1] + 1), dtype=np.int64)
    counts.cumsum(axis=-1, out=sums[..., 1:])
    return sums


def _distinct(left: Ints, right: Ints, columns: int) -> tuple[Ints, Ints, Ints]:
    """The different pairs of these columns, and which of them each is."""
    pairs = left * columns + right
    numbers = np.zeros(columns * columns, dtype=np.int64)
    numbers[pairs] = 1
    distinct = numbers.nonzero()[0]
    numbers[distinct] = np.arange(len(distinct))
    return distinct // columns, distinct % columns, numbers.take(pairs)
