"""What the bots of one process that are in one room have been told of its cells, read and worked out once for all.

The server encodes a cell's news once for everyone who sees the cell. So here

- equal bytes of one tick are one `News`, which is read when the first of the bots is sent it;
- what a news makes of a table, and of who moves in from other cells, is kept with it: whoever holds the same takes it;
- all the news of one snapshot are told apart when the first of the bots is sent the very same;
- tables that say the same become one, so that bots who came to a belief by different ways hold the same table.

What is kept is bounded: the news of the latest `TICKS_KEPT` ticks, and one table for each cell. What is older is read
again when a bot comes late with it, and a table is gone when nobody holds it any more.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bots.cell_table import NOBODY, CellTable, Rules
from bots.slices import cut_cells, read_cell
from protocol.reckoning import Published
from protocol.snapshot import CellDelta, CellKeyframe

TICKS_KEPT: Final = 64
"""Two seconds. Bots read a snapshot within milliseconds of each other, but not in an overload, when it matters most."""


Origins = Sequence[CellTable | None]
NOWHERE: Final[Origins] = []
NO_ORIGINS: Final[Mapping[int, Origins]] = {}
"""By cell: nobody moves."""


class News:
    """What one tick's snapshots say of one cell, and what became of the table that it was last applied to."""

    __slots__ = ("__weakref__", "after", "agrees", "before", "cell", "movers", "origins", "said", "sources")

    def __init__(self, said: CellKeyframe | CellDelta) -> None:
        self.said = said
        self.cell = said.cell
        self.sources = [] if isinstance(said, CellKeyframe) else said.moved
        """Where some come from."""
        self.origins: Origins = NOWHERE
        """The tables of these cells, when `after` was made."""
        self.movers: Mapping[int, Published] = NOBODY
        """Who they are, as they were believed when `after` was made."""
        self.before: CellTable | None = None
        """The table that `after` was made from, and holds for; None for a keyframe, which holds for any."""
        self.after: CellTable | None = None
        """None: not applied yet, or it can't be applied to `before`."""
        self.agrees = False
        """Whether `after` is what the server says it is, as far as it says so."""

    def holds_for(self, table: CellTable | None, movers: Mapping[int, Published]) -> bool:
        """Whether `after` is what becomes of this `table`, or of one that says the same, and of these who move here."""
        before = self.before
        if self.after is None or before is None or table is None:
            return self.after is not None and before is None  # a keyframe
        return (before is table or before.entities == table.entities) and movers == self.movers


class Said:
    """The news of one snapshot."""

    __slots__ = ("news", "with_movers")

    def __init__(self, news: list[News]) -> None:
        self.news = news
        self.with_movers = [one for one in news if one.sources]


class Shelf:
    """One room's news and tables."""

    def __init__(self) -> None:
        self._told: dict[int, _Told] = {}
        """By tick, in the order in which they were first heard of."""
        self._newest: dict[int, CellTable] = {}
        """By cell."""

    def read(self, tick: int, cells: bytes) -> Said:
        """What a snapshot at `tick` says of all its `cells`. Raises ValueError when they can't be read."""
        told = self._told.get(tick)
        if told is None:
            told = self._begin(tick)
        said = told.snapshots.get(cells)
        if said is None:
            known = told.news.get
            said = Said([known(cell) or told.read(cell, tick) for cell in cut_cells(cells)])
            told.snapshots[cells] = said
        return said

    def _begin(self, tick: int) -> "_Told":
        """Make room for the news of `tick`."""
        if len(self._told) >= TICKS_KEPT:
            del self._told[next(iter(self._told))]
        told = self._told[tick] = _Told()
        return told

    def work_out(
        self, news: News, table: CellTable | None, tick: int, rules: Rules, origins: Origins = NOWHERE
    ) -> None:
        """Make `news` hold for whoever believes `table`, and `origins` of the cells that some come from."""
        movers = _movers(news, origins)
        if news.holds_for(table, movers):
            return
        said, news.movers, news.origins = news.said, movers, origins
        if isinstance(said, CellKeyframe):
            news.after = self._shared(said.cell, CellTable({entity.id: entity for entity in said.entities}))
            news.agrees = news.after.checksum == said.checksum
            return
        news.before, news.after, news.agrees = table, None, False
        if table is None:
            return
        try:
            after = table.after(said, tick, rules, movers)
        except KeyError:  # it speaks of what we were never told of
            return
        news.after = self._shared(said.cell, after)
        news.agrees = said.checksum is None or news.after.checksum == said.checksum

    def _shared(self, cell: int, table: CellTable) -> CellTable:
        """The newest table of the cell if it says the same; else `table`, which takes its place."""
        newest = self._newest.get(cell)
        if newest is not None and newest.entities == table.entities:
            return newest
        self._newest[cell] = table
        return table


class _Told:
    """What is told at one tick: each cell's news, and all the news of a snapshot, by their bytes."""

    __slots__ = ("news", "snapshots")

    def __init__(self) -> None:
        self.news: dict[bytes, News] = {}
        self.snapshots: dict[bytes, Said] = {}

    def read(self, cell: bytes, tick: int) -> News:
        """One that is new here."""
        news = self.news[cell] = News(read_cell(cell, tick))
        return news


def _movers(news: News, origins: Origins) -> Mapping[int, Published]:
    """Who comes from other cells, as far as they are known."""
    movers = {}
    for moved, table in zip(news.sources, origins, strict=True):
        for change in moved.changed:
            if table is not None and change[0] in table.entities:
                movers[change[0]] = table.entities[change[0]]
    return movers
