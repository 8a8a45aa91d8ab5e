"""Which entities viewers are wrong about, and what is said of them: once per cell, whoever looks.

Every entity has one published state, the same for all viewers (`beliefs`). Each snapshot tick, for all entities at
once:

    compare    the truth with what everyone reckons: who is wrong, in tolerances of its kind      -> Wrong
    choose     the most wrong first, within `cell_bytes_max` for each cell (`urgency`)            -> Chosen
    say        what is chosen becomes what is believed, and the news of its cells

A free rock is never wrong and costs nothing. In a crowd the budget bounds the bytes, and so the error grows evenly and
no further than `urgency` promises. What is gone is said at once and not counted: three bytes each. An entity enters a
cell with its whole record and is changed in it by residuals (`changes`). Cells keep an entity a little beyond their
border, so that one that dances on it isn't told twice. The wire order and the checksum rule are `protocol/snapshot`'s.
"""

import zlib
from collections import defaultdict
from typing import Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from protocol.cells import Grid
from protocol.codec import Codec
from protocol.packing import FlatKeyframe, PackedDelta
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest_rows
from protocol.reckoning import Published
from protocol.snapshot import FIELDS_PER_RECORD
from server.beliefs import (
    ANGLE,
    ID,
    KIND,
    MOVE_X,
    SPIN,
    STATUS,
    TICK,
    VX,
    VY,
    Beliefs,
    Floats,
    Ints,
    X,
    Y,
    wrap_rows,
)
from server.changes import Changes, Packed, aged
from server.encoded_cells import EncodedCells, Told
from server.urgency import OWED_URGENCY, within_budget
from server.world import World

CELL_BYTES_MAX: Final = 1200
"""What one snapshot may say of one cell."""
BORDER_UNITS: Final = 24.0
CHECKSUM_EVERY: Final = 120
"""One snapshot in so many carries a cell's checksum."""
NOWHERE: Final = -1
_STEPS_PER_RADIAN: Final = ANGLE_STEPS / (2 * np.pi)
_TURNED: Final = np.array([[1.0], [1.0], [_STEPS_PER_RADIAN]])
"""x, y and angle of `World.motion` in the units of beliefs."""
_QUANTA: Final = np.array(
    [[POSITION_SCALE], [POSITION_SCALE], [_STEPS_PER_RADIAN], [1.0], [1.0], [SPIN_SCALE / (2 * np.pi)]]
)
"""And all of it in wire units, but for velocities: theirs depend on the kind."""
_MSGPACK_STARTS: Final[Ints] = np.array([-32_768, -128, -32, 128, 256, 65_536])
_MSGPACK_BYTES: Final[Ints] = np.array([5, 3, 2, 1, 2, 3, 5])
"""How long an integer is in msgpack, below the first of these, from there on, from the next on, …"""


class News(Struct):
    """What is new in one cell at one snapshot."""

    gone: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    changed: bytes = b""
    moved: dict[int, Packed] = field(default_factory=dict)
    """By the cell that they came from."""


class Wrong(Struct):
    """Entities that everyone is too wrong about: how urgent, the cell that each belongs to, whether that is new, and
    whether something else is wrong."""

    rows: Ints
    urgency: Floats
    cells: Ints
    enters: NDArray[np.bool_]
    strays: NDArray[np.bool_]


class Chosen(Struct):
    """What will be said: the entities that are new, with their records and cells, and those that change."""

    entered: Ints
    records: Ints
    cells: Ints
    changes: Changes
    at: Ints
    """Which of `changes`."""
    cells_after: Ints
    """Theirs."""


class Publisher:
    """The published table of one world."""

    def __init__(self, world: World, grid: Grid, tick_rate: int, cell_bytes_max: int = CELL_BYTES_MAX) -> None:
        self.world, self.grid, self.tick_rate, self.cell_bytes_max = world, grid, tick_rate, cell_bytes_max
        capacity = len(world.alive)
        self.beliefs = Beliefs(world.kinds, tick_rate, capacity)
        self.table = self.beliefs.table
        """`(capacity, 14)`: the published records."""
        self.cell: Ints = np.full(capacity, NOWHERE, dtype=np.int64)
        """Where each entity is published; NOWHERE when it isn't."""
        self.tick = 0
        self.spoken: set[int] = set()
        """Cells with news or a checksum due at this snapshot: who misses it doesn't know them any more."""
        self._since = 0
        """The tick of the snapshot before."""
        self._snapshots = 0
        self._news: dict[int, News] = {}
        self._owed: Floats = np.zeros(capacity)
        """How urgent each entity is for having waited, because something is wrong whole of it."""
        self._middles = _middles(grid)
        self._list: Listed | None = None
        self._encoded = self._fresh_cells()

    def publish(self, tick: int) -> None:
        """Bring the published table up to `tick` as far as the budgets allow."""
        self.begin(tick)
        self.say(self.choose(self.compare()))

    # the parts of it, in this order ------------------------------------------------------------------------

    def begin(self, tick: int) -> None:
        self._since, self.tick = self.tick, tick
        self._snapshots += 1
        self._news = defaultdict(News)
        for entity in self.world.release():
            self._owed[entity] = 0.0
            if self.cell[entity] != NOWHERE:
                self._news[int(self.cell[entity])].gone.append(entity)
                self.cell[entity] = NOWHERE
                self.beliefs.forget(entity)

    def compare(self) -> Wrong:
        """Who is wrong beyond tolerance."""
        world, beliefs, extent = self.world, self.beliefs, self.world.extent
        apart = world.motion[:3, :extent] * _TURNED
        apart -= beliefs.everything(extent).at(self.tick)
        apart[2] -= ANGLE_STEPS * np.rint(apart[2] / ANGLE_STEPS)
        np.abs(apart, out=apart)
        apart /= beliefs.tolerance[:, :extent]
        urgency = np.maximum.reduce(apart)
        cells, enters = self._cells(extent)
        stale = world.status[:extent] != beliefs.table[:extent, STATUS]
        owed = self._owed[:extent]
        owed += OWED_URGENCY
        owed *= (enters | stale) & world.alive[:extent]
        strays = stale | (urgency > 1.0)
        urgency += owed
        rows = (urgency > 1.0).nonzero()[0]
        return Wrong(rows, urgency.take(rows), cells.take(rows), enters.take(rows), strays.take(rows))

    def choose(self, wrong: Wrong) -> Chosen:
        """What of it fits."""
        truth, is_new = self._truth(wrong.rows), self.cell[wrong.rows] == NOWHERE
        known, new, enter = (~is_new).nonzero()[0], is_new.nonzero()[0], wrong.enters.nonzero()[0]
        changes = self._changes(wrong.rows[known], truth.take(known, axis=0), wrong.strays[known])
        costs = np.empty(len(truth), dtype=np.int64)
        costs[known] = changes.bytes
        if len(enter):
            costs[enter] = self._record_bytes(truth.take(enter, axis=0))  # who crosses a border is told whole to some
        fits = within_budget(wrong.urgency, wrong.cells, costs, self.cell_bytes_max)
        new, at = new[fits[new]], fits[known].nonzero()[0]
        return Chosen(wrong.rows[new], truth.take(new, axis=0), wrong.cells[new], changes, at, wrong.cells[known[at]])

    def say(self, chosen: Chosen) -> None:
        """From now on it is what everyone believes."""
        changes, at, after = chosen.changes, chosen.at, chosen.cells_after
        rows = changes.rows[at]
        ways = self.cell[rows] * self.grid.count + after
        for way, packed in changes.pack(at, ways).items():
            old, new = divmod(way, self.grid.count)
            if old == new:
                self._news[new].changed = packed.changed
            else:
                self._news[old].gone += packed.rows
                self._news[new].moved[old] = packed
        self.beliefs.change(rows, changes.records.take(at, axis=0))
        self.cell[rows], self._owed[rows] = after, 0
        if len(chosen.entered):
            self._say_entered(chosen)
        self._list = None
        self.spoken = {*self._news, *range(-self._snapshots % CHECKSUM_EVERY, self.grid.count, CHECKSUM_EVERY)}
        self._encoded = self._fresh_cells()

    def _say_entered(self, chosen: Chosen) -> None:
        for entity, cell in zip(chosen.entered.tolist(), chosen.cells.tolist(), strict=True):
            self._news[cell].entered.append(entity)
        self.beliefs.publish(chosen.entered, chosen.records)
        self.cell[chosen.entered], self._owed[chosen.entered] = chosen.cells, 0

    # what viewers are sent ---------------------------------------------------------------------------------

    def delta(self, cell: int, codec: Codec) -> bytes | None:
        """The news of `cell` encoded, or None when there is none."""
        return self._encoded.delta(cell, codec)

    def deltas(self, cells: tuple[int, ...], codec: Codec) -> tuple[int, bytes]:
        """(how many, joined) the news of all `cells`: one payload for all viewers with the same sight."""
        return self._encoded.deltas(cells, codec)

    def keyframe(self, cell: int, codec: Codec) -> bytes:
        """All that is published in `cell`, encoded."""
        return self._encoded.keyframe(cell, codec)

    def checksum(self, cell: int) -> int:
        """`protocol.snapshot.checksum_of` the cell: rows are in the order of their ids."""
        return self._listed().checksum(cell)

    def published(self, entity: int) -> Published:
        return Published(*self.table[entity].tolist())

    def _fresh_cells(self) -> EncodedCells:
        sources = {cell: frozenset(news.moved) for cell, news in self._news.items() if news.moved}
        return EncodedCells(Told(self.tick, self.spoken, sources, self._delta, self._keyframe))

    def _delta(self, cell: int, known: frozenset[int]) -> PackedDelta:
        """The news of `cell` for whoever knows these of the cells that somebody came from."""
        news = self._news.get(cell) or News()
        checksum = self.checksum(cell) if (self._snapshots + cell) % CHECKSUM_EVERY == 0 else None
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
            self._list = Listed(self.beliefs.table, self.cell[: self.world.extent], self.grid.count, self.tick)
        return self._list

    # the truth ---------------------------------------------------------------------------------------------

    def _truth(self, rows: Ints) -> Ints:
        """The records that would be published now, exact to the quantum."""
        world, truth = self.world, np.empty((len(rows), FIELDS_PER_RECORD), dtype=np.int64)
        motion = world.motion.take(rows, axis=1)
        motion *= _QUANTA
        motion[3:5] *= self.beliefs.constants.velocity_scale.take(world.kind.take(rows))
        wire = nearest_rows(motion)
        truth[:, ID], truth[:, TICK] = rows, self.tick
        truth[:, KIND:TICK] = world.traits.take(rows, axis=1).T
        truth[:, X : Y + 1], truth[:, VX : VY + 1] = wire[:2].T, wire[3:5].T
        truth[:, ANGLE], truth[:, SPIN] = wrap_rows(wire[2]), wire[5]
        truth[:, MOVE_X:] = world.move.take(rows, axis=0)
        return truth

    def _changes(self, rows: Ints, truth: Ints, strays: NDArray[np.bool_]) -> Changes:
        """What will be believed of those that are published: an older state if it explains the truth, and of who
        doesn't stray, what is believed anyway."""
        beliefs, right = self.beliefs, (~strays).nonzero()[0]
        if len(right):
            truth[right] = beliefs.table.take(rows[right], axis=0)
            truth[right, TICK] = self.tick
        records, believed = aged(beliefs, rows, truth, self.world.motion, self.tick - self._since)
        if len(right):
            records[right, X : ANGLE + 1] = believed[right]
        return Changes(beliefs, rows, records, believed, self.tick)

    def _record_bytes(self, records: Ints) -> Ints:
        """What each costs in a cell that it enters, and in the one that it leaves."""
        ages = records.copy()
        ages[:, TICK] = 0
        return np.asarray(np.add.reduce(msgpack_bytes(ages), axis=1) + msgpack_bytes(records[:, ID]))

    def _cells(self, extent: int) -> tuple[Ints, NDArray[np.bool_]]:
        """The cell that each entity ought to be in, its present one until it is BORDER_UNITS outside; is it new?"""
        world, cells = self.world, self.cell[:extent].copy()
        apart = np.abs(world.motion[:2, :extent] - self._middles.take(cells, axis=1))
        far = np.maximum(apart[0], apart[1]) > self.grid.cell_units / 2 + BORDER_UNITS
        out = (far & world.alive[:extent]).nonzero()[0]
        enters = np.zeros(extent, dtype=bool)
        ought = self.grid.cells_at(world.motion[:2].take(out, axis=1))
        enters[out] = ought != cells[out]  # beyond the arena's border there is no other
        cells[out] = ought
        return cells, enters


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


def _middles(grid: Grid) -> Floats:
    """Of each cell, `(2, cells + 1)`; of NOWHERE, which as an index is the last, infinitely far."""
    cells = np.arange(grid.count)
    middles = np.full((2, grid.count + 1), np.inf)
    middles[0, :NOWHERE], middles[1, :NOWHERE] = cells % grid.columns, cells // grid.columns
    return (middles + 0.5) * grid.cell_units


def msgpack_bytes(values: Ints) -> Ints:
    """How long each integer is in msgpack, up to 32 bits."""
    return _MSGPACK_BYTES.take(_MSGPACK_STARTS.searchsorted(values, "right"))
