"""What one player knows of the world: the cells around it, as everyone believes them.

`View.apply` takes each snapshot in turn and keeps PROTOCOL.md, section 5, exactly: it must end with the very
integers that the server published, and proves it with the checksums.

- A cell's beliefs are a `CellTable` that is never changed once made; a delta makes the next one. So tables
  can be shared: the views of one process that know the same thing hold the same table (`Shelf`), and a delta
  is worked out once however many bots receive it.
- Tables are disjoint, so that whatever is gone from one cell can't disturb what entered another.
- Positions are reckoned when somebody asks, once per table and tick.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import hypot

from msgspec import Struct

from protocol.kinds import Category, Kind
from protocol.reckoning import Published, Reckoned, reckon
from protocol.snapshot import CellDelta, CellKeyframe, Own, Snapshot, changed, checksum_of


class Sighting(Struct, frozen=True):
    """One entity at one tick, in units and units/s; `angle` in 1/256 turns."""

    entity: Published
    kind: Kind
    x: float
    y: float
    vx: float
    vy: float
    angle: float


class Rules(Struct, frozen=True):
    """What reckoning needs to know of a room."""

    kinds: Sequence[Kind]
    tick_rate: int


class CellTable:
    """What is believed of one cell, by entity. Immutable once made, so that views can share it."""

    __slots__ = ("_checksum", "_next", "_seen", "_seen_tick", "entities")

    def __init__(self, entities: Mapping[int, Published]) -> None:
        self.entities = entities
        self._checksum: int | None = None
        self._next: tuple[int, CellDelta, CellTable] | None = None
        self._seen_tick = -1
        self._seen: dict[Category | None, list[Sighting]] = {}

    @property
    def checksum(self) -> int:
        if self._checksum is None:
            self._checksum = checksum_of(self.entities.values())
        return self._checksum

    def known_after(self, delta: CellDelta, tick: int) -> "CellTable | None":
        """The table after `delta`, if another view has already had it worked out."""
        if self._next is not None and self._next[0] == tick and self._next[1] == delta:
            return self._next[2]
        return None

    def remember_after(self, delta: CellDelta, tick: int, table: "CellTable") -> None:
        self._next = (tick, delta, table)

    def after(self, delta: CellDelta, tick: int, rules: Rules) -> "CellTable":
        """The table after `delta` of a snapshot at `tick`. Raises KeyError when it changes or ends a stranger."""
        entities = dict(self.entities)
        for entity_id in delta.gone:
            del entities[entity_id]
        for entity in delta.entered:
            entities[entity.id] = entity
        for change in delta.changed:
            believed = entities[change[0]]
            entities[believed.id] = changed(believed, change, rules.kinds[believed.kind], tick, rules.tick_rate)
        return CellTable(entities)

    def sightings(self, tick: int, rules: Rules, category: Category | None) -> Sequence[Sighting]:
        """What is in the cell, all or of one category, reckoned to `tick`."""
        if tick != self._seen_tick:
            self._seen, self._seen_tick = {}, tick
        seen = self._seen.get(category)
        if seen is None:
            wanted = (e for e in self.entities.values() if category in (None, rules.kinds[e.kind].category))
            seen = self._seen[category] = [sighting_of(entity, tick, rules) for entity in wanted]
        return seen


def sighting_of(entity: Published, tick: int, rules: Rules) -> Sighting:
    """`entity` as it is believed to be at `tick`, or when it was published, if that is later."""
    kind = rules.kinds[entity.kind]
    at = reckon(entity, kind, max(tick, entity.tick), rules.tick_rate)
    return Sighting(entity, kind, at.x, at.y, at.vx, at.vy, at.angle)


class Shelf:
    """The newest table of each cell of a room, so that views with equal beliefs come to hold one table."""

    def __init__(self) -> None:
        self._newest: dict[int, CellTable] = {}

    def shared(self, cell: int, table: CellTable) -> CellTable:
        """The table on the shelf if it says the same; else `table`, which takes its place."""
        newest = self._newest.get(cell)
        if newest is not None and newest.entities == table.entities:
            return newest
        self._newest[cell] = table
        return table


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
        self.checksum_mismatches = 0
        self._hud_names = hud_names
        self._shelf = shelf or Shelf()
        self._tables: dict[int, CellTable] = {}

    def apply(self, snapshot: Snapshot) -> list[int]:
        """Take in the next snapshot; the cells in which we disagree, and of which a keyframe must be asked for."""
        self.tick, self.ack, self.slack_ms, self.own = snapshot.tick, snapshot.ack, snapshot.slack_ms, snapshot.own
        if snapshot.hud is not None:
            self.hud = dict(zip(self._hud_names, snapshot.hud, strict=False))
        for cell in snapshot.left:
            self._tables.pop(cell, None)
        disagreed = [cell.cell for cell in snapshot.cells if not self._take_in(cell)]
        self.checksum_mismatches += len(disagreed)
        return disagreed

    def _take_in(self, news: CellKeyframe | CellDelta) -> bool:
        """Apply one cell's news; whether the result is what the server says it is."""
        if isinstance(news, CellKeyframe):
            table = CellTable({entity.id: entity for entity in news.entities})
            self._tables[news.cell] = table = self._shelf.shared(news.cell, table)
            return table.checksum == news.checksum
        try:
            table = self._after(self._tables[news.cell], news)
        except KeyError:
            return False
        self._tables[news.cell] = table
        return news.checksum is None or table.checksum == news.checksum

    def _after(self, table: CellTable, delta: CellDelta) -> CellTable:
        known = table.known_after(delta, self.tick)
        if known is None:
            known = self._shelf.shared(delta.cell, table.after(delta, self.tick, self.rules))
            table.remember_after(delta, self.tick, known)
        return known

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
