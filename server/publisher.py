"""Which entities viewers are wrong about, and what is said of them: once per cell, whoever looks.

Every entity has one published state, the same for all viewers. Each snapshot tick, vectorised over all entities:

    compare    the truth with what everyone reckons, in tolerances of the entity's kind
    choose     the most wrong first, within `cell_bytes_max` for each cell; the rest wait, and get more wrong
    publish    residuals where the entity stays in its cell, whole records where it enters one

A free rock is never wrong and costs nothing. In a crowd the budget bounds the bytes, and so the error grows
evenly. Cells keep an entity a little beyond their border, so that one that dances on it isn't told twice.
The wire order and the checksum rule are `protocol/snapshot`'s.
"""

import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from protocol.cells import Grid
from protocol.codec import Codec
from protocol.kinds import Kind
from protocol.motion import keep_and_gain, thrust_rows
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest_rows
from protocol.reckoning import (
    DECAY_TICKS_MAX,
    Published,
    angle_after,
    decay_of,
    position_after,
    terminal_velocity,
    velocity_after,
)
from protocol.snapshot import FIELDS_PER_RECORD, CellDelta, CellKeyframe, Field
from server.world import World

CELL_BYTES_MAX = 1200
"""What one snapshot may say of one cell, by estimate."""
ENTERED_BYTES, CHANGED_BYTES = 34, 12
BORDER_UNITS = 24.0
CHECKSUM_EVERY = 60
"""One snapshot in so many carries a cell's checksum."""
STATUS_URGENCY = 4.0
"""How many tolerances a wrong status is worth."""

ID, KIND, VARIANT, OWNER, STATUS, TICK, X, Y, VX, VY, ANGLE, SPIN, MOVE_X, MOVE_Y = range(FIELDS_PER_RECORD)
NOWHERE = -1


class News(Struct):
    """What is new in one cell at one snapshot."""

    gone: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    changed: list[list[int]] = field(default_factory=list)


class Constants:
    """The kinds' numbers as columns, indexed by kind."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int) -> None:
        keep_gain = [keep_and_gain(kind, tick_rate) for kind in kinds]
        self.keep = np.array([keep for keep, _ in keep_gain])
        self.velocity_scale = np.array([kind.velocity_scale for kind in kinds], dtype=np.float64)
        self.tolerance = np.array([kind.tolerance_units for kind in kinds])
        self.tolerance_angle = np.array([kind.tolerance_angle for kind in kinds])
        ticks = np.arange(DECAY_TICKS_MAX + 1, dtype=np.float64)
        decays = [decay_of(keep) if keep < 1.0 else (np.ones_like(ticks), ticks) for keep, _ in keep_gain]
        self.powers = np.array([powers for powers, _ in decays])
        self.sums = np.array([sums for _, sums in decays])
        full = [terminal_velocity(1.0, keep, gain) if keep < 1.0 else 0.0 for keep, gain in keep_gain]
        self.gain, self.has_drag = np.array([gain for _, gain in keep_gain]), np.array(full) != 0.0


class Publisher:
    """The published table of one world."""

    def __init__(self, world: World, grid: Grid, tick_rate: int, cell_bytes_max: int = CELL_BYTES_MAX) -> None:
        self.world, self.grid, self.tick_rate, self.cell_bytes_max = world, grid, tick_rate, cell_bytes_max
        capacity = len(world.alive)
        self.table: NDArray[np.int64] = np.zeros((capacity, FIELDS_PER_RECORD), dtype=np.int64)
        self.cell: NDArray[np.int64] = np.full(capacity, NOWHERE, dtype=np.int64)
        """Where each entity is published; NOWHERE when it isn't."""
        self.tick = 0
        self._top = 0
        """Every row from here on has never been used."""
        self._news: dict[int, News] = {}
        self.spoken: set[int] = set()
        """Cells with news or a checksum due at this snapshot: who misses it doesn't know them any more."""
        self._deltas: dict[str, dict[int, bytes]] = defaultdict(dict)
        """Encoded for this snapshot, by subprotocol and cell; the keyframes likewise."""
        self._keyframes: dict[str, dict[int, bytes]] = defaultdict(dict)
        self._joined: dict[tuple[tuple[int, ...], str], tuple[int, bytes]] = {}
        self._constants = Constants(world.kinds, tick_rate)
        self._snapshots = 0

    def publish(self, tick: int) -> None:
        """Bring the published table up to `tick` as far as the budgets allow."""
        self.tick = tick
        self._snapshots += 1
        self._news = defaultdict(News)
        self._deltas, self._keyframes, self._joined = defaultdict(dict), defaultdict(dict), {}
        self._forget_the_removed()
        rows = np.flatnonzero(self.world.alive)
        if len(rows):
            self._top = max(self._top, int(rows[-1]) + 1)
            self._publish_rows(rows)
        self.spoken = {*self._news, *filter(self._is_due, range(self.grid.count))}

    def delta(self, cell: int, codec: Codec) -> bytes | None:
        """The news of `cell` encoded, or None when there is none."""
        return self._delta(cell, codec) if cell in self.spoken else None

    def _delta(self, cell: int, codec: Codec) -> bytes:
        encoded = self._deltas[codec.subprotocol]
        if cell not in encoded:
            news = self._news.get(cell) or News()
            entered = [self.published(entity) for entity in news.entered]
            checksum = self.checksum(cell) if self._is_due(cell) else None
            delta = CellDelta(cell, checksum, news.gone, entered, news.changed)
            encoded[cell] = codec.delta(delta, self.tick)
        return encoded[cell]

    def deltas(self, cells: tuple[int, ...], codec: Codec) -> tuple[int, bytes]:
        """(how many, joined) the news of all `cells`: one payload for all viewers with the same sight."""
        key = (cells, codec.subprotocol)
        joined = self._joined.get(key)
        if joined is None:
            spoken, encoded = self.spoken, self._deltas[codec.subprotocol]
            parts = [encoded.get(cell) or self._delta(cell, codec) for cell in cells if cell in spoken]
            joined = self._joined[key] = len(parts), codec.join(parts)
        return joined

    def keyframe(self, cell: int, codec: Codec) -> bytes:
        """All that is published in `cell`, encoded."""
        encoded = self._keyframes[codec.subprotocol]
        if cell not in encoded:
            entities = [Published(*record) for record in self._records(cell).tolist()]
            encoded[cell] = codec.keyframe(CellKeyframe(cell, self.checksum(cell), entities), self.tick)
        return encoded[cell]

    def checksum(self, cell: int) -> int:
        """`protocol.snapshot.checksum_of` the cell: rows are in the order of their ids."""
        return zlib.crc32(self._records(cell).astype("<i4").tobytes())

    def published(self, entity: int) -> Published:
        return Published(*self.table[entity].tolist())

    def _records(self, cell: int) -> NDArray[np.int64]:
        """What is published in `cell`, by id."""
        return np.asarray(self.table[: self._top][self.cell[: self._top] == cell])

    def _is_due(self, cell: int) -> bool:
        return (self._snapshots + cell) % CHECKSUM_EVERY == 0

    def _forget_the_removed(self) -> None:
        for entity in self.world.release():
            if self.cell[entity] != NOWHERE:
                self._news[int(self.cell[entity])].gone.append(entity)
                self.cell[entity] = NOWHERE

    def _publish_rows(self, rows: NDArray[np.int64]) -> None:
        truth = self._truth(rows)
        believed, urgency = self._compare(rows, truth)
        cells = self._cells(rows)
        moved = cells != self.cell[rows]
        urgency[moved] += 1.0 + STATUS_URGENCY
        chosen = np.flatnonzero(urgency > 1.0)
        if len(chosen) > 1:
            chosen = chosen[np.argsort(-urgency[chosen], kind="stable")]
        chosen = self._within_budget(chosen, cells, moved)
        self._say(rows[chosen], truth[chosen], believed[chosen], cells[chosen])

    def _truth(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The records that would be published now, exact to the quantum."""
        world, constants = self.world, self._constants
        kind = world.kind[rows]
        truth = np.empty((len(rows), FIELDS_PER_RECORD), dtype=np.int64)
        truth[:, ID], truth[:, KIND], truth[:, VARIANT] = rows, kind, world.variant[rows]
        truth[:, OWNER], truth[:, STATUS], truth[:, TICK] = world.owner[rows], world.status[rows], self.tick
        truth[:, X], truth[:, Y] = (nearest_rows(column[rows] * POSITION_SCALE) for column in (world.x, world.y))
        scale = constants.velocity_scale[kind]
        truth[:, VX], truth[:, VY] = (nearest_rows(column[rows] * scale) for column in (world.vx, world.vy))
        truth[:, ANGLE] = wrap_rows(nearest_rows(world.angle[rows] * (ANGLE_STEPS / (2 * np.pi))))
        truth[:, SPIN] = nearest_rows(world.spin[rows] * (SPIN_SCALE / (2 * np.pi)))
        truth[:, MOVE_X:] = world.move[rows]
        return truth

    def _compare(
        self, rows: NDArray[np.int64], truth: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """What is believed now (columns X..ANGLE, as integers), and how wrong that is in tolerances."""
        constants, table, kind = self._constants, self.table[rows], truth[:, KIND]
        believed = self._reckon(table, kind)
        apart = np.abs(truth[:, [X, Y]] - believed[:, :2]).max(axis=1) / POSITION_SCALE
        turned = np.abs(wrap_rows(truth[:, ANGLE] - believed[:, 4]))
        urgency = np.maximum(apart / constants.tolerance[kind], turned / constants.tolerance_angle[kind])
        urgency[truth[:, STATUS] != table[:, STATUS]] += STATUS_URGENCY
        return believed, urgency

    def _reckon(self, table: NDArray[np.int64], kind: NDArray[np.int64]) -> NDArray[np.int64]:
        """`protocol.reckoning.reckon_wire` for rows: bit for bit, a test says."""
        constants, rate = self._constants, self.tick_rate
        ticks = self.tick - table[:, TICK]
        n = ticks.astype(np.float64)
        at = np.minimum(ticks, DECAY_TICKS_MAX)
        powers, sums = constants.powers[kind, at], constants.sums[kind, at]
        sums = np.where(constants.keep[kind] == 1.0, n, sums)
        u = np.zeros((len(table), 2))
        pushed = constants.has_drag[kind]
        keep, gain = constants.keep[kind[pushed]], constants.gain[kind[pushed]]
        u[pushed] = thrust_rows(table[pushed, MOVE_X:]) * gain[:, None] / (1.0 - keep)[:, None]
        scale = constants.velocity_scale[kind]
        believed = np.empty((len(table), 5), dtype=np.int64)
        for axis in (0, 1):
            v = table[:, VX + axis] / scale
            position = position_after(table[:, X + axis] / POSITION_SCALE, v, u[:, axis], n, sums, rate)
            believed[:, axis] = nearest_rows(position * POSITION_SCALE)
            believed[:, 2 + axis] = nearest_rows(velocity_after(v, u[:, axis], powers) * scale)
        angle = angle_after(table[:, ANGLE].astype(np.float64), table[:, SPIN].astype(np.float64), n, rate)
        believed[:, 4] = wrap_rows(nearest_rows(angle))
        return believed

    def _cells(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The cell that each entity ought to be in: its present one until it is BORDER_UNITS outside."""
        grid, x, y = self.grid, self.world.x[rows], self.world.y[rows]
        columns = np.clip(np.floor_divide(x, grid.cell_units), 0, grid.columns - 1).astype(np.int64)
        lines = np.clip(np.floor_divide(y, grid.cell_units), 0, grid.rows - 1).astype(np.int64)
        ought, now = lines * grid.columns + columns, self.cell[rows]
        left, top = now % grid.columns * grid.cell_units, now // grid.columns * grid.cell_units
        stays = (now != NOWHERE) & _near(x, left, grid.cell_units) & _near(y, top, grid.cell_units)
        return np.where(stays, now, ought)

    def _within_budget(
        self, chosen: NDArray[np.int64], cells: NDArray[np.int64], moved: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Of `chosen`, most urgent first, those that fit into the budget of their cell."""
        if len(chosen) * ENTERED_BYTES <= self.cell_bytes_max:
            return chosen
        spent: dict[int, int] = defaultdict(int)
        kept = []
        for at, cell, enters in zip(chosen.tolist(), cells[chosen].tolist(), moved[chosen].tolist(), strict=True):
            cost = ENTERED_BYTES if enters else CHANGED_BYTES
            if spent[cell] + cost <= self.cell_bytes_max:
                spent[cell] += cost
                kept.append(at)
        return np.array(kept, dtype=np.int64)

    def _say(
        self,
        rows: NDArray[np.int64],
        truth: NDArray[np.int64],
        believed: NDArray[np.int64],
        cells: NDArray[np.int64],
    ) -> None:
        residuals = truth[:, X : ANGLE + 1] - believed
        residuals[:, 4] = wrap_rows(residuals[:, 4])
        was = self.cell[rows]
        columns = (rows, was, cells, residuals, truth, self.table[rows])
        for entity, old, new, residual, now, before in zip(*(column.tolist() for column in columns), strict=True):
            if old != new:
                if old != NOWHERE:
                    self._news[old].gone.append(entity)
                self._news[new].entered.append(entity)
            else:
                self._news[new].changed.append(_change(entity, residual, now, before))
        self.table[rows] = truth
        self.cell[rows] = cells


def wrap_rows(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """`protocol.quantize.wrap_angle` for an array."""
    return (steps + 128) % ANGLE_STEPS - 128


def _near(along: NDArray[np.float64], start: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    return (along >= start - BORDER_UNITS) & (along < start + length + BORDER_UNITS)


def _change(entity: int, residual: list[int], now: list[int], before: list[int]) -> list[int]:
    """`protocol.snapshot.change_of`, from residuals that are known already."""
    dx, dy, dvx, dvy, dangle = residual
    mask, fields = 0, [entity, 0]  # the mask is filled in at the end
    if dx or dy:
        mask = Field.POSITION
        fields += (dx, dy)
    if dvx or dvy:
        mask |= Field.VELOCITY
        fields += (dvx, dvy)
    if dangle:
        mask |= Field.ANGLE
        fields.append(dangle)
    if now[SPIN] != before[SPIN]:
        mask |= Field.SPIN
        fields.append(now[SPIN])
    if now[MOVE_X:] != before[MOVE_X:]:
        mask |= Field.MOVE
        fields += now[MOVE_X:]
    if now[STATUS] != before[STATUS]:
        mask |= Field.STATUS
        fields.append(now[STATUS])
    fields[1] = mask
    return fields
