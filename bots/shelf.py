"""What the bots of one process that are in one room have been told of its cells, read and worked out once for all.

The server encodes a cell's news once for everyone who sees the cell. So here

- equal bytes of one tick are one `News`, which is read when the first of the bots is sent it;
- what a news makes of a table, and of who moves in from other cells, is kept with it: whoever holds the same takes it;
- tables that say the same become one, so that bots who came to a belief by different ways hold the same table;
- bots that hold the same tables hold the same `Knowledge`, and what a snapshot makes of that is looked up in one go.

What is kept is bounded: the news of the latest `TICKS_KEPT` ticks, what became of knowledge in the latest `STEPS_KEPT`,
and one table for each cell. What is older is read again when a bot comes late with it, and a table is gone when nobody
holds it any more.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bots.cell_table import NOBODY, CellTable, Rules
from bots.slices import read_cell
from protocol.reckoning import Published
from protocol.snapshot import CellDelta, CellKeyframe

TICKS_KEPT: Final = 64
"""Two seconds. Bots read a snapshot within milliseconds of each other, but not in an overload, when it matters most."""


STEPS_KEPT: Final = 4
"""Snapshots."""

Tables = Mapping[int, CellTable]


class Knowledge:
    """What somebody believes of all the cells that it knows. Never changed once made; two are the same or differ."""

    __slots__ = ("tables",)

    def __init__(self, tables: Tables) -> None:
        self.tables = tables


Step = tuple[Knowledge, list[int]]
"""What became of somebody's knowledge, and the cells in which that disagrees with the server."""


class News:
    """What one tick's snapshots say of one cell, and what became of the table that it was last applied to."""

    __slots__ = ("__weakref__", "after", "agrees", "before", "cell", "movers", "said", "sources")

    def __init__(self, said: CellKeyframe | CellDelta) -> None:
        self.said = said
        self.cell = said.cell
        self.sources = [] if isinstance(said, CellKeyframe) else said.moved
        """Where some come from."""
        self.movers: Mapping[int, Published] = NOBODY
        """Who they are, as they were believed when `after` was made."""
        self.before: CellTable | None = None
        """The table that `after` was made from, and holds for; None for a keyframe, which holds for any."""
        self.after: CellTable | None = None
        """None: not applied yet, or it can't be applied to `before`."""
        self.agrees = False
        """Whether `after` is what the server says it is, as far as it says so."""


class Shelf:
    """One room's news and tables."""

    def __init__(self) -> None:
        self._news: dict[int, dict[bytes, News]] = {}
        """By tick, in the order in which they were first heard of, and by bytes."""
        self._newest: dict[int, CellTable] = {}
        """By cell."""
        self._steps: dict[int, dict[tuple[Knowledge, bytes], Step]] = {}
        """By tick; by what was known before, and what was said."""
        self._knowledge: tuple[int, dict[tuple[tuple[int, CellTable], ...], Knowledge]] = (0, {})
        """All that somebody knew at the latest tick, by what it is."""

    def read(self, tick: int, cells: Iterable[bytes]) -> list[News]:
        """The news of a snapshot at `tick`. Raises ValueError when they can't be read."""
        known = self._news.get(tick)
        if known is None:
            known = self._begin(tick)
        news = []
        for cell in cells:
            one = known.get(cell)
            if one is None:
                one = known[cell] = News(read_cell(cell, tick))
            news.append(one)
        return news

    def steps(self, tick: int) -> dict[tuple[Knowledge, bytes], Step]:
        """What became of knowledge at `tick`, to be looked up and added to."""
        steps = self._steps.get(tick)
        if steps is None:
            if len(self._steps) >= STEPS_KEPT:
                del self._steps[next(iter(self._steps))]
            steps = self._steps[tick] = {}
        return steps

    def knowledge(self, tick: int, tables: Tables) -> Knowledge:
        """The one that all share who know just this at `tick`."""
        if tick != self._knowledge[0]:
            self._knowledge = tick, {}
        known = self._knowledge[1]
        key = tuple(sorted(tables.items(), key=_cell_of))
        found = known.get(key)
        if found is None:
            found = known[key] = Knowledge(tables)
        return found

    def _begin(self, tick: int) -> dict[bytes, News]:
        """Make room for the news of `tick`."""
        if len(self._news) >= TICKS_KEPT:
            del self._news[next(iter(self._news))]
        known = self._news[tick] = dict[bytes, News]()
        return known

    def work_out(
        self, news: News, table: CellTable | None, tick: int, rules: Rules, movers: Mapping[int, Published] = NOBODY
    ) -> None:
        """Make `news` hold for whoever believes `table`, and `movers` of those who come from elsewhere."""
        said = news.said
        news.movers = movers
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


def _cell_of(item: tuple[int, CellTable]) -> int:
    return item[0]
