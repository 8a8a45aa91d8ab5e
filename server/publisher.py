"""Which entities viewers are wrong about, and what is said of them: once per cell, whoever looks.

Every entity has one published state, the same for all viewers (`beliefs`). Each snapshot tick, for all entities at
once:

    compare    the truth with what everyone reckons: who is wrong, in tolerances of its kind      -> Wrong
    choose     the most wrong first, within `cell_bytes_max` for each cell (`urgency`)            -> Chosen
    say        what is chosen becomes what is believed, and the news of its cells

A free rock is never wrong and costs nothing. In a crowd the budget bounds the bytes, and so the error grows evenly and
no further than `urgency` promises. What is gone is said at once and not counted: three bytes each. An entity enters a
cell with its whole record and is changed in it by residuals (`changes`). Cells keep an entity a little beyond their
border, so that one that dances on it isn't told twice. What viewers are sent of it is in `bulletin`; the wire order and
the checksum rule are `protocol/snapshot`'s.
"""

from collections import defaultdict
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.cells import Grid
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest_rows
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
from server.bulletin import NOWHERE, Bulletin, News
from server.changes import Changes, explained
from server.few import FEW, FewChanges, truth_of
from server.urgency import OWED_URGENCY, within_budget
from server.world import World

CELL_BYTES_MAX: Final = 1200
"""What one snapshot may say of one cell."""
BORDER_UNITS: Final = 24.0
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
    changes: Changes | FewChanges
    at: Ints
    """Which of `changes`."""
    cells_after: Ints
    """Theirs."""


class Publisher(Bulletin):
    """The published table of one world, and the newest bulletin of it."""

    def __init__(self, world: World, grid: Grid, tick_rate: int, cell_bytes_max: int = CELL_BYTES_MAX) -> None:
        self.world, self.tick_rate, self.cell_bytes_max = world, tick_rate, cell_bytes_max
        capacity = len(world.alive)
        self.beliefs = Beliefs(world.kinds, tick_rate, capacity)
        super().__init__(grid, self.beliefs.table)
        self._since = 0
        """The tick of the snapshot before."""
        self._owed: Floats = np.zeros(capacity)
        """How urgent each entity is for having waited, because something is wrong whole of it."""
        self._middles = _middles(grid)

    def publish(self, tick: int) -> None:
        """Bring the published table up to `tick` as far as the budgets allow."""
        self.begin(tick)
        wrong = self.compare()
        if not self._say_few(wrong):
            self.say(self.choose(wrong))

    # the parts of it, in this order ------------------------------------------------------------------------

    def begin(self, tick: int) -> None:
        self._since, self.tick = self.tick, tick
        self.snapshots += 1
        self.news = defaultdict(News)
        for entity in self.world.release():
            self._owed[entity] = 0.0
            if self.cell[entity] != NOWHERE:
                self.news[int(self.cell[entity])].gone.append(entity)
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
                self.news[new].changed = packed.changed
            else:
                self.news[old].gone += packed.rows
                self.news[new].moved[old] = packed
        self.beliefs.change(rows, changes.records.take(at, axis=0))
        self.cell[rows], self._owed[rows] = after, 0
        if len(chosen.entered):
            self._say_entered(chosen)
        self.renew(self.world.extent)

    def _say_few(self, wrong: Wrong) -> bool:
        """Both at once, if they are a few that all stay in their cells, as nearly always in a small room, and fit."""
        if len(wrong.rows) > FEW or np.count_nonzero(wrong.enters):
            return False
        world, beliefs, rows, tick = self.world, self.beliefs, wrong.rows.tolist(), self.tick
        scales = [beliefs.constants.scales[kind] for kind in world.kind.take(wrong.rows).tolist()]
        truth = [truth_of(world, row, scale, tick) for row, scale in zip(rows, scales, strict=True)]
        changes = FewChanges(beliefs, rows, truth, wrong.strays.tolist(), world.motion, tick, tick - self._since)
        if sum(changes.costs) > self.cell_bytes_max:
            return False
        for cell, packed in changes.packed([*range(len(rows))], wrong.cells.tolist()).items():
            self.news[cell].changed = packed.changed
        for row, record in zip(rows, changes.lists, strict=True):
            beliefs.change_one(row, record)
        self._owed[wrong.rows] = 0
        self.renew(world.extent)
        return True

    def _say_entered(self, chosen: Chosen) -> None:
        for entity, cell in zip(chosen.entered.tolist(), chosen.cells.tolist(), strict=True):
            self.news[cell].entered.append(entity)
        self.beliefs.publish(chosen.entered, chosen.records)
        self.cell[chosen.entered], self._owed[chosen.entered] = chosen.cells, 0

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

    def _changes(self, rows: Ints, truth: Ints, strays: NDArray[np.bool_]) -> Changes | FewChanges:
        """What will be believed of those that are published."""
        words = self.world.motion, self.tick, self.tick - self._since
        if len(rows) <= FEW:
            return FewChanges(self.beliefs, rows.tolist(), truth.tolist(), strays.tolist(), *words)
        return explained(self.beliefs, rows, truth, strays, *words)

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
        if not len(out):
            return cells, enters
        ought = self.grid.cells_at(world.motion[:2].take(out, axis=1))
        enters[out] = ought != cells[out]  # beyond the arena's border there is no other
        cells[out] = ought
        return cells, enters


def _middles(grid: Grid) -> Floats:
    """Of each cell, `(2, cells + 1)`; of NOWHERE, which as an index is the last, infinitely far."""
    cells = np.arange(grid.count)
    middles = np.full((2, grid.count + 1), np.inf)
    middles[0, :NOWHERE], middles[1, :NOWHERE] = cells % grid.columns, cells // grid.columns
    return (middles + 0.5) * grid.cell_units


def msgpack_bytes(values: Ints) -> Ints:
    """How long each integer is in msgpack, up to 32 bits."""
    return _MSGPACK_BYTES.take(_MSGPACK_STARTS.searchsorted(values, "right"))
