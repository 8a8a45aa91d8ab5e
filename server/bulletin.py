"""What viewers are sent of one snapshot: the published table as it stands at a tick, and what is new in its cells.

Whoever makes a bulletin brings its `table` and `cell` up to a tick, says what was new (`News`), and calls `renew`:
`publisher` from the truth, `late` from what was published some seconds ago. What comes of it is encoded once for each
cell, whoever looks (`encoded_cells`), and nothing is encoded before somebody asks.
"""

import zlib
from typing import Final

import numpy as np
from msgspec import Struct, field

from protocol.cells import Grid
from protocol.codec import Codec
from protocol.packing import FlatKeyframe, PackedDelta
from protocol.reckoning import Published
from server.beliefs import TICK, Ints
from server.changes import Packed
from server.encoded_cells import EncodedCells, Encoding, Told

CHECKSUM_EVERY: Final = 120
"""One snapshot in so many carries a cell's checksum."""
NOWHERE: Final = -1


class News(Struct):
    """What is new in one cell at one snapshot."""

    gone: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    changed: bytes = b""
    moved: dict[int, Packed] = field(default_factory=dict)
    """By the cell that they came from."""


class Bulletin:
    """The published records of one room at one snapshot."""

    def __init__(self, grid: Grid, table: Ints) -> None:
        self.grid = grid
        self.table = table
        """`(capacity, 14)`: the published records."""
        self.cell: Ints = np.full(len(table), NOWHERE, dtype=np.int64)
        """Where each entity is published; NOWHERE when it isn't."""
        self.extent = 0
        """No entity is published from this row on."""
        self.tick = 0
        self.snapshots = 0
        """How many there have been."""
        self.news: dict[int, News] = {}
        """By cell."""
        self.spoken: set[int] = set()
        """Cells with news or a checksum due at this snapshot: who misses it doesn't know them any more."""
        self._list: Listed | None = None
        self._encoded = self._fresh_cells()

    def renew(self, extent: int) -> None:
        """Table and news are those of `tick` now."""
        self.extent, self._list = extent, None
        self.spoken = {*self.news, *range(-self.snapshots % CHECKSUM_EVERY, self.grid.count, CHECKSUM_EVERY)}
        self._encoded = self._fresh_cells()

    def encoding(self, codec: Codec) -> Encoding:
        """All of it in the encoding of `codec`."""
        return self._encoded.encoding(codec)

    def checksum(self, cell: int) -> int:
        """`protocol.snapshot.checksum_of` the cell: rows are in the order of their ids."""
        return self._listed().checksum(cell)

    def published(self, entity: int) -> Published:
        return Published(*self.table[entity].tolist())

    def _fresh_cells(self) -> EncodedCells:
        sources = {cell: frozenset(news.moved) for cell, news in self.news.items() if news.moved}
        plain = {
            cell: news.changed
            for cell, news in self.news.items()
            if not (news.gone or news.entered or news.moved or (self.snapshots + cell) % CHECKSUM_EVERY == 0)
        }
        return EncodedCells(Told(self.tick, self.spoken, sources, plain, self._delta, self._keyframe))

    def _delta(self, cell: int, known: frozenset[int]) -> PackedDelta:
        """The news of `cell` for whoever knows these of the cells that somebody came from."""
        news = self.news.get(cell) or News()
        checksum = self.checksum(cell) if (self.snapshots + cell) % CHECKSUM_EVERY == 0 else None
        if not news.entered and not news.moved:
            return PackedDelta(cell, checksum, news.gone, [], news.changed)
        strangers = [row for source, movers in news.moved.items() if source not in known for row in movers.rows]
        entered = [self.published(entity) for entity in news.entered + strangers]
        moved = [(source, movers.changed) for source, movers in news.moved.items() if source in known]
        return PackedDelta(cell, checksum, news.gone, entered, news.changed, moved)

    def _keyframe(self, cell: int) -> FlatKeyframe:
        return FlatKeyframe(cell, self.checksum(cell), self._listed().flat(cell))

    def _listed(self) -> "Listed":
        if self._list is None:
            self._list = Listed(self.table, self.cell[: self.extent], self.grid.count, self.tick)
        return self._list


class Listed:
    """All that is published at one tick, cell by cell and by id: sorted once for all who ask for a whole cell."""

    def __init__(self, table: Ints, cell: Ints, cells: int, tick: int) -> None:
        rows = (cell != NOWHERE).nonzero()[0]
        cell = cell.take(rows)
        order = cell.argsort(kind="stable")
        self._begins = cell.take(order).searchsorted(np.arange(cells + 1)).tolist()
        records = table.take(rows.take(order), axis=0)
        self._plain = records.astype("<i4")
        records[:, TICK] = tick - records[:, TICK]
        self._records = records

    def checksum(self, cell: int) -> int:
        return zlib.crc32(self._plain[self._begins[cell] : self._begins[cell + 1]])

    def flat(self, cell: int) -> list[int]:
        """As in `FlatKeyframe`."""
        flat: list[int] = self._records[self._begins[cell] : self._begins[cell + 1]].ravel().tolist()
        return flat
