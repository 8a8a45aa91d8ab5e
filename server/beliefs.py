"""What everyone believes, of many entities at once: `protocol.reckoning` in columns, bit for bit.

The published states stand in one table of wire integers. What reckoning needs of them as floats (place, terminal
velocity, what is left to decay) is worked out when a state is published and kept, so that a belief at a later tick is a
handful of operations on columns:

    position = p + (n * u + w * S) / R        velocity = u + w * K        w = v - u

A row's number is its entity's id. Rows that are not published hold whatever was there before.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.kinds import Kind
from protocol.motion import keep_and_gain, thrust_rows
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, nearest_rows
from protocol.reckoning import DECAY_TICKS_MAX, angle_after, decay_of
from protocol.snapshot import FIELDS_PER_RECORD

ID, KIND, VARIANT, OWNER, STATUS, TICK, X, Y, VX, VY, ANGLE, SPIN, MOVE_X, MOVE_Y = range(FIELDS_PER_RECORD)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
AXES: Final = (0, 1)


class Constants:
    """The kinds' numbers as columns, indexed by kind."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int) -> None:
        keep_gain = [keep_and_gain(kind, tick_rate) for kind in kinds]
        keep: Floats = np.array([keep for keep, _ in keep_gain])
        self.tick_rate = tick_rate
        self.drag = np.array([kind.drag for kind in kinds])
        self.has_drag = keep < 1.0
        self.gain = np.where(self.has_drag, [gain for _, gain in keep_gain], 0.0)
        self.keep = np.where(self.has_drag, keep, 0.0)  # else any number below 1: without thrust there is no u
        self.velocity_scale = np.array([kind.velocity_scale for kind in kinds], dtype=np.float64)
        self.tolerance = np.array([kind.tolerance_units for kind in kinds])
        self.tolerance_angle = np.array([kind.tolerance_angle for kind in kinds])
        ticks = tuple(float(n) for n in range(DECAY_TICKS_MAX + 1))
        decays = [decay_of(keep) if keep < 1.0 else ((1.0,) * len(ticks), ticks) for keep, _ in keep_gain]
        self._powers: Floats = np.array([powers for powers, _ in decays])
        self._sums: Floats = np.array([sums for _, sums in decays])

    def sums(self, kind: Ints, ticks: Ints) -> Floats:
        """S of reckoning's formulas."""
        sums = self._sums[kind, np.minimum(ticks, DECAY_TICKS_MAX)]
        return np.where(self.has_drag[kind], sums, ticks)

    def powers(self, kind: Ints, ticks: Ints) -> Floats:
        """K of reckoning's formulas."""
        return np.asarray(self._powers[kind, np.minimum(ticks, DECAY_TICKS_MAX)])

    def terminal(self, kind: Ints, move: Ints) -> Floats:
        """u of reckoning's formulas, for rows of (move_x, move_y)."""
        keep, gain = self.keep[kind][:, None], self.gain[kind][:, None]
        return np.asarray(thrust_rows(move) * gain / (1.0 - keep))


class Beliefs:
    """The published table of `capacity` entities of `kinds`."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int, capacity: int) -> None:
        self.constants = Constants(kinds, tick_rate)
        self.table: Ints = np.zeros((capacity, FIELDS_PER_RECORD), dtype=np.int64, order="F")
        """Records as wire integers; columns lie together in memory."""
        self._p, self._u, self._w = (np.zeros((2, capacity)) for _ in range(3))

    def publish(self, rows: Ints, records: Ints) -> None:
        """From now on `records` are what everyone believes of `rows`."""
        self.table[rows] = records
        kind = records[:, KIND]
        scale, u = self.constants.velocity_scale[kind], self.constants.terminal(kind, records[:, MOVE_X:])
        for axis in AXES:
            self._p[axis, rows] = records[:, X + axis] / POSITION_SCALE
            self._u[axis, rows] = u[:, axis]
            self._w[axis, rows] = records[:, VX + axis] / scale - u[:, axis]

    def places(self, rows: Ints, kind: Ints, ticks: Ints) -> tuple[Floats, Floats]:
        """(x, y) in units, so many `ticks` after each was published."""
        sums = self.constants.sums(kind, ticks)
        x, y = (self._place(axis, rows, ticks, sums) for axis in AXES)
        return x, y

    def angles(self, rows: Ints, ticks: Ints) -> Floats:
        """In 1/256 turns, not wrapped."""
        angle, spin = self.table[:, ANGLE][rows], self.table[:, SPIN][rows]
        return angle_rows(angle, spin, ticks, self.constants.tick_rate)

    def rounded(self, rows: Ints, tick: int | Ints) -> Ints:
        """`protocol.reckoning.reckon_wire` at `tick`, the same or one for each: rows of (x, y, vx, vy, angle)."""
        kind, ticks = self.table[:, KIND][rows], tick - self.table[:, TICK][rows]
        sums, powers = self.constants.sums(kind, ticks), self.constants.powers(kind, ticks)
        scale = self.constants.velocity_scale[kind]
        believed = np.empty((len(rows), 5), dtype=np.int64)
        for axis in AXES:
            velocity = self._u[axis][rows] + self._w[axis][rows] * powers
            believed[:, axis] = nearest_rows(self._place(axis, rows, ticks, sums) * POSITION_SCALE)
            believed[:, 2 + axis] = nearest_rows(velocity * scale)
        believed[:, 4] = wrap_rows(nearest_rows(self.angles(rows, ticks)))
        return believed

    def _place(self, axis: int, rows: Ints, ticks: Ints, sums: Floats) -> Floats:
        offset = (ticks * self._u[axis][rows] + self._w[axis][rows] * sums) / self.constants.tick_rate
        return np.asarray(self._p[axis][rows] + offset)


def angle_rows(angle: Ints, spin: Ints, ticks: Ints, tick_rate: int) -> Floats:
    """`protocol.reckoning.angle_after`."""
    return angle_after(angle.astype(np.float64), spin.astype(np.float64), ticks.astype(np.float64), tick_rate)


def wrap_rows(steps: Ints) -> Ints:
    """`protocol.quantize.wrap_angle` for an array."""
    return (steps + ANGLE_STEPS // 2) % ANGLE_STEPS - ANGLE_STEPS // 2
