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
    OWNER,
    SPIN,
    STATUS,
    TICK,
    VARIANT,
    VX,
    VY,
    Beliefs,
    Floats,
    Ints,
    X,
    Y,
    wrap_rows,
)
from server.changes import Changes, aged
from server.encoded_cells import EncodedCells, Told
from server.urgency import OWED_URGENCY, within_budget
from server.world import World

CELL_BYTES_MAX: Final = 1200
"""What one snapshot may say of one cell."""
BORDER_UNITS: Final = 24.0
CHECKSUM_EVERY: Final = 120
"""One snapshot in so many carries a cell's checksum."""
NOWHERE: Final = -1
_STEPS_PER_RADIAN, _SPINS_PER_RADIAN = ANGLE_STEPS / (2 * np.pi), SPIN_SCALE / (2 * np.pi)


class Movers(Struct):
    """Entities that crossed a border: who, and their packed changes."""

    rows: list[int]
    changed: bytes


class News(Struct):
    """What is new in one cell at one snapshot."""

    gone: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    changed: bytes = b""
    moved: dict[int, Movers] = field(default_factory=dict)
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
        self._waited: Ints = np.zeros(capacity, dtype=np.int64)
        """For how many snapshots something has been wrong whole of each entity."""
        self._middle = np.full((2, capacity), np.inf)
        """The middle of each entity's cell; infinitely far where it has none."""
        self._records_of: dict[int, Ints] = {}
        self._sorted: tuple[Ints, list[int]] | None = None
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
            if self.cell[entity] != NOWHERE:
                self._news[int(self.cell[entity])].gone.append(entity)
                self._settle(np.array([entity]), np.array([NOWHERE]))

    def compare(self) -> Wrong:
        """Who is wrong beyond tolerance."""
        world, beliefs, constants = self.world, self.beliefs, self.beliefs.constants
        rows = np.flatnonzero(world.alive)
        kind, ticks = world.kind[rows], self.tick - self.table[:, TICK][rows]
        x, y = beliefs.places(rows, kind, ticks)
        apart = np.maximum(np.abs(world.x[rows] - x), np.abs(world.y[rows] - y))
        turned = world.angle[rows] * _STEPS_PER_RADIAN - beliefs.angles(rows, ticks)
        turned -= ANGLE_STEPS * np.rint(turned / ANGLE_STEPS)
        urgency = np.maximum(apart / constants.tolerance[kind], np.abs(turned) / constants.tolerance_angle[kind])
        cells, enters = self._cells(rows)
        stale = world.status[rows] != self.table[:, STATUS][rows]
        self._waited[rows] = waited = (self._waited[rows] + 1) * (enters | stale)
        urgency[np.isnan(urgency) | (self.cell[rows] == NOWHERE)] = 0.0  # nothing is believed yet
        strays = stale | (urgency > 1.0)
        urgency += OWED_URGENCY * waited
        at = np.flatnonzero(urgency > 1.0)
        return Wrong(rows[at], urgency[at], cells[at], enters[at], strays[at])

    def choose(self, wrong: Wrong) -> Chosen:
        """What of it fits."""
        truth = self._truth(wrong.rows)
        is_new = self.cell[wrong.rows] == NOWHERE
        known, new, enter = np.flatnonzero(~is_new), np.flatnonzero(is_new), np.flatnonzero(wrong.enters)
        records = self._aged(wrong.rows[known], truth[known])
        right = np.flatnonzero(~wrong.strays[known])
        records[right] = self._believed(wrong.rows[known[right]])
        changes = Changes(self.beliefs, wrong.rows[known], records, self.tick)
        costs = np.empty(len(wrong.rows), dtype=np.int64)
        costs[known] = changes.bytes
        costs[enter] = self._record_bytes(truth[enter])  # who crosses a border is told whole to some
        fits = np.zeros(len(costs), dtype=bool)
        fits[within_budget(wrong.urgency, wrong.cells, costs, self.cell_bytes_max)] = True
        new, at = new[fits[new]], np.flatnonzero(fits[known])
        return Chosen(wrong.rows[new], truth[new], wrong.cells[new], changes, at, wrong.cells[known[at]])

    def say(self, chosen: Chosen) -> None:
        """From now on it is what everyone believes."""
        for entity, cell in zip(chosen.entered.tolist(), chosen.cells.tolist(), strict=True):
            self._news[cell].entered.append(entity)
        rows, before = chosen.changes.rows[chosen.at], self.cell[chosen.changes.rows[chosen.at]]
        stay = before == chosen.cells_after
        for cell, changed in chosen.changes.pack(chosen.at[stay], before[stay]).items():
            self._news[cell].changed = changed
        if not stay.all():
            self._say_moved(chosen.changes, chosen.at[~stay], before[~stay], chosen.cells_after[~stay])
        self.beliefs.publish(rows, chosen.changes.records[chosen.at])
        self.beliefs.publish(chosen.entered, chosen.records)
        self._settle(chosen.entered, chosen.cells)
        self._settle(rows[~stay], chosen.cells_after[~stay])
        self._records_of, self._sorted = {}, None
        self._waited[rows] = self._waited[chosen.entered] = 0
        self.spoken = {*self._news, *range(-self._snapshots % CHECKSUM_EVERY, self.grid.count, CHECKSUM_EVERY)}
        self._encoded = self._fresh_cells()

    def _say_moved(self, changes: Changes, at: Ints, before: Ints, after: Ints) -> None:
        ways = before * self.grid.count + after
        for way, changed in changes.pack(at, ways).items():
            old, new = divmod(way, self.grid.count)
            rows = changes.rows[at[ways == way]].tolist()
            self._news[old].gone += rows
            self._news[new].moved[old] = Movers(rows, changed)

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
        return zlib.crc32(self._records(cell).astype("<i4").tobytes())

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
        flat = self._records(cell).copy()
        flat[:, TICK] = self.tick - flat[:, TICK]
        return FlatKeyframe(cell, self.checksum(cell), flat.ravel().tolist())

    def _records(self, cell: int) -> Ints:
        """What is published in `cell`, by id."""
        if cell not in self._records_of:
            rows, begins = self._cell_by_cell()
            self._records_of[cell] = self.table[rows[begins[cell] : begins[cell + 1]]]
        return self._records_of[cell]

    def _cell_by_cell(self) -> tuple[Ints, list[int]]:
        """All that is published, cell by cell and by id; where each cell begins. Sorted once for each snapshot."""
        if self._sorted is None:
            rows = np.flatnonzero(self.cell != NOWHERE)
            rows = rows[np.argsort(self.cell[rows], kind="stable")]
            begins = np.searchsorted(self.cell[rows], np.arange(self.grid.count + 1))
            self._sorted = rows, begins.tolist()
        return self._sorted

    # the truth ---------------------------------------------------------------------------------------------

    def _truth(self, rows: Ints) -> Ints:
        """The records that would be published now, exact to the quantum."""
        world = self.world
        kind = world.kind[rows]
        scale = self.beliefs.constants.velocity_scale[kind]
        truth = np.empty((len(rows), FIELDS_PER_RECORD), dtype=np.int64)
        truth[:, ID], truth[:, KIND], truth[:, VARIANT] = rows, kind, world.variant[rows]
        truth[:, OWNER], truth[:, STATUS], truth[:, TICK] = world.owner[rows], world.status[rows], self.tick
        truth[:, X], truth[:, Y] = (nearest_rows(column[rows] * POSITION_SCALE) for column in (world.x, world.y))
        truth[:, VX], truth[:, VY] = (nearest_rows(column[rows] * scale) for column in (world.vx, world.vy))
        truth[:, ANGLE] = wrap_rows(nearest_rows(world.angle[rows] * _STEPS_PER_RADIAN))
        truth[:, SPIN] = nearest_rows(world.spin[rows] * _SPINS_PER_RADIAN)
        truth[:, MOVE_X:] = world.move[rows]
        return truth

    def _believed(self, rows: Ints) -> Ints:
        """The records that say now, exact to the quantum, what is believed anyway."""
        records = self.table[rows]
        records[:, X : ANGLE + 1], records[:, TICK] = self.beliefs.rounded(rows, self.tick), self.tick
        return records

    def _aged(self, rows: Ints, truth: Ints) -> Ints:
        world = self.world
        places, velocities = np.stack((world.x[rows], world.y[rows])), np.stack((world.vx[rows], world.vy[rows]))
        return aged(self.beliefs, rows, truth, places, velocities, self.tick - self._since)

    def _record_bytes(self, records: Ints) -> Ints:
        """What each costs in a cell that it enters, and in the one that it leaves."""
        ages = records.copy()
        ages[:, TICK] = 0
        return np.asarray(msgpack_bytes(ages).sum(axis=1) + msgpack_bytes(records[:, ID]))

    def _cells(self, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The cell that each entity ought to be in, its present one until it is BORDER_UNITS outside; is it new?"""
        grid, x, y = self.grid, self.world.x[rows], self.world.y[rows]
        reach = grid.cell_units / 2 + BORDER_UNITS
        middle_x, middle_y = self._middle[0][rows], self._middle[1][rows]
        cells = self.cell[rows]
        out = np.flatnonzero((np.abs(x - middle_x) > reach) | (np.abs(y - middle_y) > reach))
        columns = np.clip(np.floor_divide(x[out], grid.cell_units), 0, grid.columns - 1).astype(np.int64)
        lines = np.clip(np.floor_divide(y[out], grid.cell_units), 0, grid.rows - 1).astype(np.int64)
        ought = lines * grid.columns + columns
        enters = np.zeros(len(rows), dtype=bool)
        enters[out] = ought != cells[out]  # beyond the arena's border there is no other
        cells[out] = ought
        return cells, enters

    def _settle(self, rows: Ints, cells: Ints) -> None:
        """The entities are published in these cells from now on."""
        self.cell[rows] = cells
        middles = ((cells % self.grid.columns + 0.5), (cells // self.grid.columns + 0.5))
        for axis, middle in enumerate(middles):
            self._middle[axis, rows] = np.where(cells == NOWHERE, np.inf, middle * self.grid.cell_units)


def msgpack_bytes(values: Ints) -> Ints:
    """How long each integer is in msgpack, up to 32 bits."""
    size = 1 + ((values > 127) | (values < -32)) + ((values > 255) | (values < -128)).astype(np.int64)
    return np.asarray(size + 2 * ((values > 65_535) | (values < -32_768)))
