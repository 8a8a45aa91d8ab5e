"""What may touch each player's ship soon, found for all of them at once: `snapshot.near`.

A body is near a ship when the gap between their outer circles is at most MARGIN_UNITS, plus what they cover towards
each other in HORIZON_S. That spans the lead of a client that is far away, so that whatever its ship will run into in
the ticks that it lives ahead of us is told before; and the margin, what the two may yet do to get there sooner. For
another ship both are less: what is believed of it is right to its tolerance, and what is not known, its player's next
input, matters more.

Bodies are sorted into square buckets, row by row. Around a ship lie a few rows of neighbouring buckets, each a run of
the sorted bodies; so all pairs of a ship and a body are made by arithmetic, and NumPy looks at all of them in a few
dozen operations. Nothing is done ship by ship but to cut the bytes for those that have something near. In a small room
the sorting would be most of it, so there every pair is looked at.
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
PAIRS_FEW: Final = 2048
"""Where there are no more in all, each is looked at: that costs less than to sort the bodies."""
BUCKETS_AROUND: Final = 2
"""How many buckets on each side are looked at."""
BUCKET_UNITS_MIN: Final = 128.0
"""The side of a bucket; where bodies are very large it is larger, so that none is missed that a ship might touch. With
this one a centre within 256 units is always found, one beyond 384 never."""
FAR_UNITS: Final = 4096.0
"""Farther than any gap."""
_SCALES: Final = np.array(
    [[OFFSET_SCALE], [OFFSET_SCALE], [TURN_SCALE], [VELOCITY_SCALE], [VELOCITY_SCALE], [SPIN_SCALE / (2 * np.pi)]]
)
"""Of `World.motion`, but its angle in turns."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def near(world: World, ships: Ints) -> list[bytes]:
    """The packed records of what is near each of `ships`, nothing for entity 0."""
    told, seers = [b""] * len(ships), ships.nonzero()[0]
    if not len(seers):
        return told
    seen, bodies = _nearest(*_pairs(world, ships[seers]))
    seers = seers.take(seen)
    plain = _records(world, ships.take(seers), bodies).tobytes()
    firsts = np.append(True, seers[1:] != seers[:-1])[: len(seers)].nonzero()[0]
    starts = (firsts * RECORD_BYTES).tolist()
    for seer, (start, end) in zip(seers.take(firsts).tolist(), pairwise([*starts, len(plain)]), strict=True):
        told[seer] = plain[start:end]
    return told


def _pairs(world: World, ships: Ints) -> tuple[Ints, Ints, Floats]:
    """(positions in `ships`, bodies, gaps) of all that are near, grouped by ship."""
    squares = Squares(world)
    if len(ships) * len(squares.bodies) <= PAIRS_FEW:
        seen, bodies = squares.pairs(ships)
    else:
        buckets = Buckets(squares)
        runs = _affordable(buckets, ships)
        if runs is None:
            return ships[:0], ships[:0], np.empty(0)
        at, counts = runs.pairs()
        bodies, seen = buckets.bodies.take(at), np.arange(len(ships)).repeat(counts)
    found = _near_ones(world, bodies, ships.take(seen))
    seen, bodies = seen.take(found), bodies.take(found)
    own = ships.take(seen)
    apart = world.motion[:2].take(bodies, axis=1)
    apart -= world.motion[:2].take(own, axis=1)
    return seen, bodies, np.hypot(apart[0], apart[1]) - world.reach[bodies] - world.reach[own]


class Squares:
    """The arena in squares, and which of them each entity is in; what is outside belongs to the nearest."""

    def __init__(self, world: World) -> None:
        self.bodies = world.solid[: world.extent].nonzero()[0]
        reach = float(np.maximum.reduce(world.reach.take(self.bodies), initial=0.0))
        side_units = max(BUCKET_UNITS_MIN, (2 * reach + MARGIN_UNITS) / BUCKETS_AROUND)
        self.last_column = int(world.arena.size.width / side_units)
        self.last_row = int(world.arena.size.height / side_units)
        self.lines = (world.motion[:2, : world.extent] / side_units).astype(np.int16)
        """The column and the row of each entity."""
        np.maximum(self.lines, 0, out=self.lines)
        np.minimum(self.lines, np.array([[self.last_column], [self.last_row]], dtype=np.int16), out=self.lines)

    def pairs(self, ships: Ints) -> tuple[Ints, Ints]:
        """(positions in `ships`, bodies) of those that are no farther apart than so many squares; each is looked at."""
        apart = self.lines.take(self.bodies, axis=1)[:, None] - self.lines.take(ships, axis=1)[:, :, None]
        np.abs(apart, out=apart)
        seen, at = (np.maximum(apart[0], apart[1]) <= BUCKETS_AROUND).nonzero()
        return seen, self.bodies.take(at)


class Buckets:
    """The bodies sorted by their squares, with enough empty ones around that every bucket has its neighbours."""

    def __init__(self, squares: Squares) -> None:
        bodies, lines = squares.bodies, squares.lines + np.int16(BUCKETS_AROUND)
        last_column, last_row = squares.last_column, squares.last_row
        self._columns = last_column + 1 + 2 * BUCKETS_AROUND
        self._of_row = lines[1] * np.int16(self._columns) + lines[0]
        """By entity."""
        buckets = self._of_row.take(bodies)
        self.bodies = bodies.take(buckets.argsort(kind="stable"))
        """Bucket by bucket."""
        count = (last_row + 1 + 2 * BUCKETS_AROUND) * self._columns
        self._starts = np.concatenate(([0], np.bincount(buckets, minlength=count).cumsum()))

    def around(self, entities: Ints, buckets: int) -> "Runs":
        """The bodies in the same bucket as each of `entities`, or at most so many `buckets` away."""
        lines = np.arange(-buckets, buckets + 1) * self._columns - buckets
        left = self._of_row.take(entities)[:, None] + lines
        return Runs(self._starts.take(left), self._starts.take(left + (2 * buckets + 1)))


class Runs:
    """Runs of the sorted bodies, from `start` to `end`: several for each ship."""

    def __init__(self, start: Ints, end: Ints) -> None:
        self._start, self._lengths = start, end - start
        self.total = int(self._lengths.sum())

    def pairs(self) -> tuple[Ints, Ints]:
        """Which bodies, ship after ship; and how many for each."""
        counts, lengths = self._lengths.sum(axis=1), self._lengths.ravel()
        skipped = self._start.ravel() + lengths - lengths.cumsum()
        return np.arange(self.total) + skipped.repeat(lengths), counts


def _affordable(buckets: Buckets, ships: Ints) -> Runs | None:
    """As many buckets around each ship as PAIRS_MAX allows; in the densest of crowds, none."""
    for around in range(BUCKETS_AROUND, -1, -1):
        runs = buckets.around(ships, around)
        if runs.total <= PAIRS_MAX:
            return runs
    return None


def _near_ones(world: World, bodies: Ints, own: Ints) -> Ints:
    """Which of the pairs are near. Single precision is enough for it."""
    motion = world.motion[:, : world.extent]
    motion = np.concatenate((motion[:2], motion[3:5]), dtype=np.float32, casting="same_kind")
    apart, steered = motion.take(bodies, axis=1), world.steered.take(bodies)
    apart -= motion.take(own, axis=1)
    offset, velocity = apart[:2], apart[2:]
    velocity *= offset
    closing = np.maximum(-(velocity[0] + velocity[1]), 0.0)
    offset *= offset
    distance = np.sqrt(offset[0] + offset[1])
    reach = world.reach[: world.extent].astype(np.float32)
    gap = distance - (reach.take(bodies) + reach.take(own))
    gap -= np.where(steered, np.float32(MARGIN_SHIP_UNITS), np.float32(MARGIN_UNITS))
    gap *= distance
    closing *= np.where(steered, np.float32(HORIZON_SHIP_S), np.float32(HORIZON_S))
    is_near = (gap <= closing) & (distance < OFFSET_UNITS_MAX) & (bodies != own)
    return np.asarray(is_near.nonzero()[0])


def _nearest(seen: Ints, bodies: Ints, gaps: Floats) -> tuple[Ints, Ints]:
    """The NEAR_MAX nearest of each ship, the nearest first."""
    order = (seen * FAR_UNITS + gaps).argsort(kind="stable")
    seen, bodies = seen.take(order), bodies.take(order)
    if len(seen) <= NEAR_MAX:
        return seen, bodies
    kept = np.ones(len(seen), dtype=bool)
    kept[NEAR_MAX:] = seen[NEAR_MAX:] != seen[:-NEAR_MAX]
    return seen[kept], bodies[kept]


def _records(world: World, own: Ints, bodies: Ints) -> NDArray[np.int16]:
    """One record for each pair; numbers that don't fit are cut."""
    motion = world.motion.take(bodies, axis=1)
    motion[:2] -= world.motion[:2].take(own, axis=1)
    motion[2] /= 2 * np.pi
    motion[2] -= np.floor(motion[2] + 0.5)
    motion *= _SCALES
    motion += 0.5
    np.floor(motion, out=motion)
    np.maximum(motion, -INT16_MAX - 1, out=motion)
    np.minimum(motion, INT16_MAX, out=motion)
    records = np.empty((len(bodies), RECORD_BYTES // 2), dtype="<i2")
    records[:, 0], records[:, 1:3], records[:, 3:5] = bodies, motion[:2].T, motion[3:5].T
    records[:, 5], records[:, 6] = motion[2], motion[5]
    records.view(np.int8)[:, 14:] = world.move.take(bodies, axis=0)
    return records
