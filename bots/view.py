"""What one player knows of the world: the cells around it, as everyone believes them.

`View.apply` takes each snapshot in turn and keeps PROTOCOL.md, section 5, exactly: it must end with the very
integers that the server published, and proves it with the checksums.

- A cell's beliefs are a `CellTable` that is never changed once made. So views that believe the same of a cell hold the
  same table, and what a snapshot says is read and worked out once however many bots receive it (`Shelf`).
- Tables are disjoint, so that whatever is gone from one cell can't disturb what entered another. Who moves from one to
  another is looked up before any of them changes.
- Positions are reckoned when somebody asks, once per table and tick.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import hypot

from bots.cell_table import CellTable, Rules, Sighting
from bots.shelf import NO_ORIGINS, NOWHERE, News, Said, Shelf
from bots.slices import Slices
from protocol.kinds import Category, Kind
from protocol.messages import PlayerInfo
from protocol.reckoning import Published, Reckoned, reckon
from protocol.snapshot import Own, Snapshot


class View:
    """One player's knowledge as of `tick`. Give the views of one room a common `shelf`."""

    def __init__(
        self, kinds: Sequence[Kind], tick_rate: int, hud_names: Sequence[str] = (), shelf: Shelf | None = None
    ) -> None:
        self.rules = Rules(kinds, tick_rate)
        self.tick = 0
        self.ack = 0
        self.slack_ms: int | None = None
        self.own: Own | None = None
        self.hud: dict[str, int] = {}
        self.player = 0
        """Our player number, and in `roster` who plays, by theirs: as far as whoever keeps the view is told."""
        self.roster: Mapping[int, PlayerInfo] = {}
        self.checksum_mismatches = 0
        self._hud_names = hud_names
        self._shelf = shelf or Shelf()
        self._tables: dict[int, CellTable] = {}

    def apply(self, snapshot: Snapshot | Slices) -> list[int]:
        """Take in the next snapshot; the cells in which we disagree, and of which a keyframe must be asked for.

        Raises ValueError when a slice of it can't be read.
        """
        self.stand_at(snapshot)
        if isinstance(snapshot, Slices):
            return self.take_cells(snapshot.tick, bytes(snapshot.cells), snapshot.left)
        return self._take_in(Said([News(cell) for cell in snapshot.cells]), snapshot.tick, snapshot.left)

    def stand_at(self, snapshot: Snapshot | Slices) -> None:
        """Take in what it says of ourselves, and not its cells."""
        self.tick, self.ack, self.slack_ms, self.own = snapshot.tick, snapshot.ack, snapshot.slack_ms, snapshot.own
        if snapshot.hud is not None:
            self.hud = dict(zip(self._hud_names, snapshot.hud, strict=False))

    def take_cells(self, tick: int, cells: bytes, left: Iterable[int]) -> list[int]:
        """Take in what one at `tick` says of its `cells` and of those that have `left` our sight; the cells in which we
        disagree. Raises ValueError when they can't be read."""
        return self._take_in(self._shelf.read(tick, cells), tick, left)

    def _take_in(self, said: Said, tick: int, left: Iterable[int]) -> list[int]:
        """Leave cells and apply the news; the cells in which we disagree with the server then."""
        tables, disagreed = self._tables, list[int]()
        for cell in left:
            tables.pop(cell, None)
        origins = NO_ORIGINS
        if said.with_movers:
            origins = {one.cell: [tables.get(moved.source) for moved in one.sources] for one in said.with_movers}
        for one in said.news:
            cell, after = one.cell, one.after
            if (
                after is None or one.before is not tables.get(cell) or (one.sources and one.origins != origins[cell])
            ):  # else another view believed the very same, and has worked it out
                self._shelf.work_out(one, tables.get(cell), tick, self.rules, origins.get(cell, NOWHERE))
                after = one.after
            if after is not None:
                tables[cell] = after
            if not one.agrees:
                disagreed.append(cell)
        self.checksum_mismatches += len(disagreed)
        return disagreed

    @property
    def tables(self) -> Mapping[int, CellTable]:
        """What is believed, by cell."""
        return self._tables

    def entities(self) -> Iterator[Published]:
        """Everything known, cell by cell."""
        for table in self._tables.values():
            yield from table.entities.values()

    def entity(self, entity_id: int) -> Published | None:
        for table in self._tables.values():
            if (found := table.entities.get(entity_id)) is not None:
                return found
        return None

    def where(self, entity_id: int, tick: int) -> Reckoned | None:
        """Where an entity is believed to be at `tick`; None when it is out of sight."""
        entity = self.entity(entity_id)
        if entity is None:
            return None
        return reckon(entity, self.rules.kinds[entity.kind], max(tick, entity.tick), self.rules.tick_rate)

    def sightings(self, category: Category | None = None) -> Iterator[Sighting]:
        """Everything of `category` at this view's tick, except our own ship."""
        own_id = self.own.entity if self.own else -1
        for table in self._tables.values():
            for sighting in table.sightings(self.tick, self.rules, category):
                if sighting.entity.id != own_id:
                    yield sighting

    def solids(self, x: float, y: float, reach: float) -> Iterator[Sighting]:
        """At this view's tick, what can be run into, of the cells that have any of it within `reach` units of (x, y)
        along both axes."""
        for table in self._tables.values():
            solids = table.solids(self.tick, self.rules)
            if (
                solids.left < x + reach
                and solids.right > x - reach
                and solids.top < y + reach
                and solids.bottom > y - reach
            ):
                yield from solids.sightings

    def near(self, x: float, y: float, radius: float, category: Category | None = None) -> list[Sighting]:
        """What is within `radius` units of a point, the nearest first."""
        found = [(hypot(s.x - x, s.y - y), s) for s in self.sightings(category)]
        return [s for _, s in sorted((pair for pair in found if pair[0] <= radius), key=lambda pair: pair[0])]

    def nearest(self, category: Category) -> Sighting | None:
        """The nearest one to our own ship; None when there is none in sight, or no ship."""
        if self.own is None:
            return None
        x, y = self.own.x, self.own.y
        return min(self.sightings(category), key=lambda s: (s.x - x) ** 2 + (s.y - y) ** 2, default=None)
