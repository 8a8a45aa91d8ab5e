"""What is believed of one cell: its published states, and where they are reckoned to be when somebody asks.

A table is never changed once made; a delta makes the next one. So the bots of a process that believe the same can
hold the same table (`shelf` sees to it), and what is worked out from it is worked out once.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Final

from msgspec import Struct

from protocol.kinds import Category, Kind
from protocol.physics import SOLID
from protocol.reckoning import Published, reckon
from protocol.snapshot import CellDelta, changed, checksum_of


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


class Solids(Struct, frozen=True):
    """The solid bodies of one cell at one tick, and the box that their centres are in, in units."""

    sightings: Sequence[Sighting]
    left: float = inf
    right: float = -inf
    top: float = inf
    bottom: float = -inf

    @classmethod
    def among(cls, sightings: Sequence[Sighting]) -> "Solids":
        solid = [seen for seen in sightings if seen.kind.category in SOLID]
        if not solid:
            return cls(())
        xs, ys = [seen.x for seen in solid], [seen.y for seen in solid]
        return cls(solid, min(xs), max(xs), min(ys), max(ys))


NOBODY: Final[Mapping[int, Published]] = {}


class CellTable:
    """What is believed of one cell, by entity. Immutable once made, so that views can share it."""

    __slots__ = ("_checksum", "_seen", "_seen_tick", "_solids", "_solids_tick", "entities")

    def __init__(self, entities: Mapping[int, Published]) -> None:
        self.entities = entities
        self._checksum: int | None = None
        self._seen_tick = -1
        self._seen: dict[Category | None, list[Sighting]] = {}
        self._solids_tick = -1
        self._solids = Solids(())

    @property
    def checksum(self) -> int:
        if self._checksum is None:
            self._checksum = checksum_of(self.entities.values())
        return self._checksum

    def after(self, delta: CellDelta, tick: int, rules: Rules, movers: Mapping[int, Published] = NOBODY) -> "CellTable":
        """The table after `delta` of a snapshot at `tick`; `movers` are who moves here, as they were believed.

        Raises KeyError when it changes, moves or ends a stranger.
        """
        entities = dict(self.entities)
        for entity_id in delta.gone:
            del entities[entity_id]
        for entity in delta.entered:
            entities[entity.id] = entity
        for moved in delta.moved:
            for change in moved.changed:
                entities[change[0]] = _changed(movers[change[0]], change, tick, rules)
        for change in delta.changed:
            entities[change[0]] = _changed(entities[change[0]], change, tick, rules)
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

    def solids(self, tick: int, rules: Rules) -> Solids:
        """What is in the cell and can be run into, reckoned to `tick`."""
        if tick != self._solids_tick:
            self._solids, self._solids_tick = Solids.among(self.sightings(tick, rules, None)), tick
        return self._solids


def _changed(believed: Published, change: list[int], tick: int, rules: Rules) -> Published:
    return changed(believed, change, rules.kinds[believed.kind], tick, rules.tick_rate)


def sighting_of(entity: Published, tick: int, rules: Rules) -> Sighting:
    """`entity` as it is believed to be at `tick`, or when it was published, if that is later."""
    kind = rules.kinds[entity.kind]
    at = reckon(entity, kind, max(tick, entity.tick), rules.tick_rate)
    return Sighting(entity, kind, at.x, at.y, at.vx, at.vy, at.angle)
