"""What everyone believes, of many entities at once: `protocol.reckoning` in columns, bit for bit.

The published states stand in one table of wire integers. What reckoning needs of them as floats (place, terminal
velocity, what is left to decay) is worked out when a state is published and kept, so that a belief at a later tick is a
handful of operations on columns, both axes at once:

    position = p + (n * u + w * S) / R        velocity = u + w * K        w = v - u

A row's number is its entity's id. Rows that are not published hold whatever was there before. Who looks at all rows
looks at the first so many, gaps included: a view of a column costs nothing, and picking from it does.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.kinds import Kind
from protocol.motion import keep_and_gain, thrust_of, thrust_rows
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest_rows
from protocol.reckoning import DECAY_TICKS_MAX, decay_of
from protocol.snapshot import FIELDS_PER_RECORD

ID, KIND, VARIANT, OWNER, STATUS, TICK, X, Y, VX, VY, ANGLE, SPIN, MOVE_X, MOVE_Y = range(FIELDS_PER_RECORD)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Constants:
    """The kinds' numbers as columns, indexed by kind."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int) -> None:
        keep_gain = [keep_and_gain(kind, tick_rate) for kind in kinds]
        keep: Floats = np.array([keep for keep, _ in keep_gain])
        self.tick_rate = tick_rate
        self.drag = np.array([kind.drag for kind in kinds])
        self.has_drag = keep < 1.0
        self.gain = np.where(self.has_drag, [gain for _, gain in keep_gain], 0.0)
        self.loss = np.where(self.has_drag, 1.0 - keep, 1.0)  # else any number but 0: without thrust there is no u
        self.velocity_scale = np.array([kind.velocity_scale for kind in kinds], dtype=np.float64)
        tolerances = [(kind.tolerance_units, kind.tolerance_units, kind.tolerance_angle) for kind in kinds]
        self.tolerance: Floats = np.maximum(np.array(tolerances).T, np.finfo(np.float64).tiny)
        """Of x, y and angle, `(3, kinds)`; 0 is as little as there is."""
        ticks = tuple(float(n) for n in range(DECAY_TICKS_MAX + 1))
        decays = [decay_of(keep) if keep < 1.0 else ((1.0,) * len(ticks), ticks) for keep, _ in keep_gain]
        self.starts: Ints = np.arange(len(kinds)) * len(ticks)
        """Where each kind's powers, and their sums, start in the table of all."""
        self._powers: Floats = np.array([powers for powers, _ in decays]).ravel()
        self._sums: Floats = np.array([sums for _, sums in decays]).ravel()
        self._decays = decays
        self.drags: list[float] = self.drag.tolist()
        """By kind, as are the next four, for whoever looks at one alone."""
        self.gains: list[float] = self.gain.tolist()
        self.losses: list[float] = self.loss.tolist()
        self.scales: list[float] = self.velocity_scale.tolist()
        self.tolerances: list[float] = self.tolerance[0].tolist()
        """Of x and y."""

    def terminal(self, kind: Ints, move: Ints) -> Floats:
        """u of reckoning's formulas, for rows of (move_x, move_y): `(2, n)`."""
        u = thrust_rows(move).T * self.gain.take(kind)
        u /= self.loss.take(kind)
        return np.asarray(u)

    def decay(self, starts: Ints, ticks: Ints) -> tuple[Floats, Floats]:
        """K and S of reckoning's formulas, of entities whose kinds' tables start there. What has no drag has S = n for
        ever, and not only as far as there is a table: that is the caller's to see to."""
        at = np.minimum(ticks, DECAY_TICKS_MAX) + starts
        return self._powers.take(at), self._sums.take(at)

    def decay_one(self, kind: int, ticks: int) -> tuple[float, float]:
        """The same of one, with S = n without an end for what has no drag."""
        powers, sums = self._decays[kind]
        at = min(ticks, DECAY_TICKS_MAX)
        return powers[at], sums[at] if self.drags[kind] else float(ticks)

    def places(self, motion: Floats, ticks: Ints, sums: Floats, drifts: NDArray[np.bool_]) -> Floats:
        """x, y and angle, of nine columns as `Beliefs` keeps them."""
        n = ticks.astype(np.float64)
        np.copyto(sums, n, where=drifts)
        places = n * motion[3:6]
        places += motion[6:] * sums
        places /= self.tick_rate
        places += motion[:3]
        return places


_constants = lru_cache(maxsize=64)(Constants)
"""Rooms of one game share them: nothing of them changes."""


class Beliefs:
    """The published table of `capacity` entities of `kinds`."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int, capacity: int) -> None:
        self.constants = _constants(tuple(kinds), tick_rate)
        self.table: Ints = np.zeros((capacity, FIELDS_PER_RECORD), dtype=np.int64)
        """Records as wire integers."""
        self.tolerance: Floats = np.full((3, capacity), np.inf)
        """Of x and y in units, and of the angle in 1/256 turns; infinite where nothing is published."""
        self._velocity_scale: Floats = np.ones(capacity)
        self._drifts: NDArray[np.bool_] = np.zeros(capacity, dtype=bool)
        self._tick, self._starts = np.zeros((2, capacity), dtype=np.int64)
        self.motion: Floats = np.zeros((9, capacity))
        """p, u and w, three each: of x, y and angle. An angle moves like what has no drag: u is its spin, w nothing."""

    def publish(self, rows: Ints, records: Ints) -> None:
        """From now on `records` are what everyone believes of `rows`, whatever they were before."""
        constants, kind = self.constants, records[:, KIND]
        self.tolerance[:, rows] = constants.tolerance[:, kind]
        self._velocity_scale[rows], self._drifts[rows] = constants.velocity_scale[kind], ~constants.has_drag[kind]
        self._starts[rows] = constants.starts[kind]
        self.change(rows, records)

    def change(self, rows: Ints, records: Ints) -> None:
        """The same for what was published before, and so is of the same kind."""
        self.table[rows], self._tick[rows] = records, records[:, TICK]
        motion, fields = np.empty((9, len(rows))), records.T
        p, u, w = motion[:3], motion[3:6], motion[6:]
        np.divide(fields[X : Y + 1], POSITION_SCALE, out=p[:2])
        u[:2] = self.constants.terminal(fields[KIND], records[:, MOVE_X:])
        np.divide(fields[VX : VY + 1], self._velocity_scale.take(rows), out=w[:2])
        w[:2] -= u[:2]
        p[2], w[2] = fields[ANGLE], 0.0
        np.divide(fields[SPIN], SPIN_SCALE // ANGLE_STEPS, out=u[2])
        self.motion[:, rows] = motion

    def change_one(self, row: int, record: list[int]) -> None:
        """`change` of one."""
        constants, kind, scale = self.constants, record[KIND], self.constants.scales[record[KIND]]
        gain, loss = constants.gains[kind], constants.losses[kind]
        tx, ty = thrust_of(record[MOVE_X], record[MOVE_Y])
        ux, uy = tx * gain / loss, ty * gain / loss
        place = record[X] / POSITION_SCALE, record[Y] / POSITION_SCALE, record[ANGLE]
        spin = record[SPIN] / (SPIN_SCALE // ANGLE_STEPS)
        self.table[row], self._tick[row] = record, record[TICK]
        self.motion[:, row] = *place, ux, uy, spin, record[VX] / scale - ux, record[VY] / scale - uy, 0.0

    def forget(self, entity: int) -> None:
        """It is published no more."""
        self.tolerance[:, entity] = np.inf

    def everything(self, extent: int) -> "Believed":
        """Of the first `extent` rows, as views."""
        columns = self.motion[:, :extent], self._tick[:extent], self._starts[:extent], self._drifts[:extent]
        return Believed(self.constants, *columns)

    def rounded(self, rows: Ints, tick: int | Ints) -> Ints:
        """`protocol.reckoning.reckon_wire` at `tick`, the same or one for each: rows of (x, y, vx, vy, angle)."""
        motion, ticks = self.motion.take(rows, axis=1), tick - self._tick.take(rows)
        powers, sums = self.constants.decay(self._starts.take(rows), ticks)
        places = self.constants.places(motion, ticks, sums, self._drifts.take(rows))
        believed = np.empty((5, len(rows)))
        np.multiply(places[:2], POSITION_SCALE, out=believed[:2])
        velocity = np.multiply(motion[6:8], powers, out=believed[2:4])
        velocity += motion[3:5]
        velocity *= self._velocity_scale.take(rows)
        believed[4] = places[2]
        rounded = nearest_rows(believed)
        rounded[4] = wrap_rows(rounded[4])
        return rounded.T


class Believed(Struct):
    """What was believed of some rows at the tick that it was taken, and what would have become of that."""

    constants: Constants
    motion: Floats
    tick: Ints
    starts: Ints
    drifts: NDArray[np.bool_]

    def at(self, tick: int) -> Floats:
        """x, y in units and angle in 1/256 turns, not wrapped; `(3, n)`."""
        ticks = tick - self.tick
        _, sums = self.constants.decay(self.starts, ticks)
        return self.constants.places(self.motion, ticks, sums, self.drifts)

    def copy(self) -> "Believed":
        """That stays as it is."""
        return Believed(self.constants, self.motion.copy(), self.tick.copy(), self.starts.copy(), self.drifts.copy())


def wrap_rows(steps: Ints) -> Ints:
    """`protocol.quantize.wrap_angle` for an array."""
    return (steps + ANGLE_STEPS // 2 & ANGLE_STEPS - 1) - ANGLE_STEPS // 2
