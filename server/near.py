"""What may touch each player's ship soon, found for all of them at once: `snapshot.near`.

A body is near a ship when the gap between their outer circles is at most MARGIN_UNITS, plus what they cover towards
each other in HORIZON_S. That spans the lead of a client that is far away, so that whatever its ship will run into in
the ticks that it lives ahead of us is told before; and the margin, what the two may yet do to get there sooner. For
another ship both are less: what is believed of it is right to its tolerance, and what is not known, its player's next
input, matters more.

Bodies are sorted into square buckets, row by row. Around a ship lie a few rows of neighbouring buckets, each a run of
the sorted bodies; so all pairs of a ship and a body are made by arithmetic, and NumPy looks at all of them in a few
dozen operations. Nothing is done ship by ship but to cut the bytes for those that have something near.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.near import (
    INT16_MAX,
    OFFSET_SCALE,
    OFFSET_UNITS_MAX,
    RECORD_BYTES,
    SPIN_SCALE,
    TURN_SCALE,
    VELOCITY_SCALE,
)
from server.world import World

NEAR_MAX: Final = 8
"""Bodies that one viewer is told of, the nearest ones."""
MARGIN_UNITS, MARGIN_SHIP_UNITS = 24.0, 8.0
HORIZON_S, HORIZON_SHIP_S = 0.4, 0.15
PAIRS_MAX: Final = 131_072
"""Of a ship and a body that are looked at in one snapshot; in a crowd with more, only the nearest buckets are."""
BUCKETS_AROUND: Final = 2
"""How many buckets on each side are looked at."""
BUCKET_UNITS_MIN: Final = 128.0
"""The side of a bucket; where bodies are very large it is larger, so that none is missed that a ship might touch. With
this one a centre within 256 units is always found, one beyond 384 never."""
FAR_UNITS: Final = 4096.0
"""Farther than any gap."""
_DTYPE: Final = np.dtype(
    [
        ("entity", "<u2"),
        *((name, "<i2") for name in ("dx", "dy", "vx", "vy", "angle", "spin")),
        *((name, "i1") for name in ("move_x", "move_y")),
    ]
)
assert _DTYPE.itemsize == RECORD_BYTES

Indices = NDArray[np.int32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def near(world: World, ships: Ints) -> list[bytes]:
    """The packed records of what is near each of `ships`, nothing for entity 0."""
    seers, bodies = _nearest(*_pairs(world, ships))
    plain = _records(world, ships[seers], bodies).tobytes()
    ends = np.searchsorted(seers, np.arange(len(ships) + 1)) * RECORD_BYTES
    return [plain[start:end] if end > start else b"" for start, end in pairwise(ends.tolist())]


def _pairs(world: World, ships: Ints) -> tuple[Ints, Ints, Floats]:
    """(positions in `ships`, bodies, gaps) of all that are near, grouped by ship."""
    bodies, seers = np.flatnonzero(world.solid), np.flatnonzero(ships)
    if not len(seers):
        return seers, seers, np.empty(0)
    bucket_units = max(BUCKET_UNITS_MIN, (2 * float(world.reach[bodies].max()) + MARGIN_UNITS) / BUCKETS_AROUND)
    buckets = Buckets(world, bodies, bucket_units)
    runs = _affordable(buckets, ships[seers])
    if runs is None:
        return seers[:0], seers[:0], np.empty(0)
    at, counts = runs.pairs()
    near_at, near_seers = _near_ones(world, buckets.bodies, at, ships[seers], counts)
    found, own = buckets.bodies[near_at], ships[seers[near_seers]]
    apart = np.hypot(world.x[found] - world.x[own], world.y[found] - world.y[own])
    return seers[near_seers], found, apart - world.reach[found] - world.reach[own]


class Buckets:
    """The arena in squares, with enough empty ones around it that every bucket has its neighbours."""

    def __init__(self, world: World, bodies: Ints, side_units: float) -> None:
        self._world, self._side_units = world, side_units
        self._columns = int(world.arena.size.width / side_units) + 1 + 2 * BUCKETS_AROUND
        self._rows = int(world.arena.size.height / side_units) + 1 + 2 * BUCKETS_AROUND
        bucket = self._bucket(bodies)
        self.bodies = bodies[np.argsort(bucket, kind="stable")]
        """Bucket by bucket."""
        self._starts = np.zeros(self._rows * self._columns + 1, dtype=np.int32)
        np.cumsum(np.bincount(bucket, minlength=self._rows * self._columns), out=self._starts[1:])

    def around(self, entities: Ints, buckets: int) -> "Runs":
        """The bodies in the same bucket as each of `entities`, or at most so many `buckets` away."""
        lines = np.arange(-buckets, buckets + 1) * self._columns
        left = self._bucket(entities)[:, None] + (lines - buckets)
        return Runs(self._starts[left], self._starts[left + (2 * buckets + 1)])

    def _bucket(self, entities: Ints) -> NDArray[np.int16]:
        """Of each; what is outside of the arena belongs to the nearest."""
        column = (self._world.x[entities] / self._side_units).astype(np.int16) + BUCKETS_AROUND
        row = (self._world.y[entities] / self._side_units).astype(np.int16) + BUCKETS_AROUND
        last = BUCKETS_AROUND + 1
        return np.asarray(
            row.clip(BUCKETS_AROUND, self._rows - last) * self._columns
            + column.clip(BUCKETS_AROUND, self._columns - last)
        )


class Runs:
    """Runs of the sorted bodies, from `start` to `end`: several for each ship."""

    def __init__(self, start: Indices, end: Indices) -> None:
        self._start, self._lengths = start.ravel(), (end - start).ravel()
        self._counts = (end - start).sum(axis=1, dtype=np.int32)
        self.total = int(self._lengths.sum())

    def pairs(self) -> tuple[Indices, Indices]:
        """Which bodies, ship after ship; and how many for each."""
        before = np.cumsum(self._lengths, dtype=np.int32)
        at = np.arange(self.total, dtype=np.int32)
        at += np.repeat(self._start - (before - self._lengths), self._lengths)
        return at, self._counts


def _affordable(buckets: Buckets, ships: Ints) -> Runs | None:
    """As many buckets around each ship as PAIRS_MAX allows; in the densest of crowds, none."""
    for around in range(BUCKETS_AROUND, -1, -1):
        runs = buckets.around(ships, around)
        if runs.total <= PAIRS_MAX:
            return runs
    return None


def _near_ones(world: World, bodies: Ints, at: Indices, own: Ints, counts: Indices) -> tuple[Ints, Ints]:
    """Of the pairs, those that are near: (places in `bodies`, places in `own`). Single precision is enough for it."""
    x, y, vx, vy, reach = (
        column[bodies].astype(np.float32)[at] - np.repeat(sign * column[own].astype(np.float32), counts)
        for column, sign in ((world.x, 1), (world.y, 1), (world.vx, 1), (world.vy, 1), (world.reach, -1))
    )
    apart = np.sqrt(x * x + y * y)
    closing = np.maximum(-(x * vx + y * vy), 0.0)
    steered = world.steered[bodies][at]
    gap = apart - reach - np.where(steered, np.float32(MARGIN_SHIP_UNITS), np.float32(MARGIN_UNITS))
    is_near = apart * gap <= closing * np.where(steered, np.float32(HORIZON_SHIP_S), np.float32(HORIZON_S))
    found = np.flatnonzero(is_near & (apart < OFFSET_UNITS_MAX))
    seers = np.repeat(np.arange(len(own)), counts)[found]
    others = bodies[at[found]] != own[seers]
    return at[found[others]], seers[others]


def _nearest(seers: Ints, bodies: Ints, gaps: Floats) -> tuple[Ints, Ints]:
    """The NEAR_MAX nearest of each ship, the nearest first."""
    order = np.argsort(seers * FAR_UNITS + gaps, kind="stable")
    seers, bodies = seers[order], bodies[order]
    if len(seers) <= NEAR_MAX:
        return seers, bodies
    kept = np.ones(len(seers), dtype=bool)
    kept[NEAR_MAX:] = seers[NEAR_MAX:] != seers[:-NEAR_MAX]
    return seers[kept], bodies[kept]


def _records(world: World, own: Ints, bodies: Ints) -> NDArray[np.void]:
    """One record for each pair; numbers that don't fit are cut."""
    records = np.empty(len(bodies), dtype=_DTYPE)
    records["entity"] = bodies
    records["dx"] = _fitted((world.x[bodies] - world.x[own]) * OFFSET_SCALE)
    records["dy"] = _fitted((world.y[bodies] - world.y[own]) * OFFSET_SCALE)
    records["vx"] = _fitted(world.vx[bodies] * VELOCITY_SCALE)
    records["vy"] = _fitted(world.vy[bodies] * VELOCITY_SCALE)
    turns = world.angle[bodies] / (2 * np.pi)
    records["angle"] = _fitted((turns - np.floor(turns + 0.5)) * TURN_SCALE)
    records["spin"] = _fitted(world.spin[bodies] * (SPIN_SCALE / (2 * np.pi)))
    records["move_x"], records["move_y"] = world.move[bodies, 0], world.move[bodies, 1]
    return records


def _fitted(scaled: Floats) -> Floats:
    """The nearest int16."""
    return np.floor(scaled + 0.5).clip(-INT16_MAX - 1, INT16_MAX)
