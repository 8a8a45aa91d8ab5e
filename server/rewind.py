"""Where things were, as everyone believed it: the last quarter of a second of what was published.

An instant hit is judged where its target was on the shooter's screen. There others are drawn from what was published, a
small delay in the past; so what the history must hold is not the truth but the belief:

    snapshot    …   S-2     S-1      S    now       where each solid thing is believed to be when S has been said;
    known           •-------•--------•-----•        between two of them a straight line, at the end the truth

The line stands for what a client draws between two publications (reckoned on from the first, blending over to the
second). It is off by what both bend within a snapshot interval: a tenth of a unit under full thrust, under 4 units in
the interval in which a ship boosts or bounces.

Kept: `slots_max` snapshots or fewer, each with a copy of the beliefs' columns, which say where things were when
somebody asks. Only what stops a beam is there: shots and pick-ups have no history. An id means the same entity from the
snapshot since which it has been there without a break; what wasn't there then wasn't seen, and isn't there in the past.
"""

from bisect import bisect_right
from collections import deque
from math import ceil, tau
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.limits import REWIND_S_MAX
from protocol.quantize import ANGLE_STEPS
from protocol.ticks import Rates
from server.beam import Hit
from server.beliefs import Believed, Floats, Ints
from server.bulletin import NOWHERE
from server.publisher import Publisher
from server.world import World

SLOTS_BEYOND: Final = 2
"""One before the oldest moment that may be asked for, and one because it lies between two snapshots."""
_RADIANS_PER_STEP: Final = tau / ANGLE_STEPS


class Past(Struct):
    """The solid things of one world at one moment: who, and where."""

    world: World
    rows: Ints
    x: Floats
    y: Floats
    angle: Floats
    """In radians."""

    def strike(self, x: float, y: float, aim: float, reach_units: float, radius: float, but: int = 0) -> Hit:
        """What a beam of `radius` from (x, y) meets first, and where it ends. `but` lets it pass."""
        others = np.flatnonzero(self.rows != but)
        columns = self.rows[others], self.x[others], self.y[others], self.angle[others]
        return self.world.cast((x, y), aim, reach_units, radius, *columns)


class _Slot(Struct):
    """One snapshot: what was believed after it, and which rows were there. What that means in places is worked out when
    somebody asks, which is seldom."""

    tick: int
    believed: Believed
    there: NDArray[np.bool_]

    def places(self, rows: Ints) -> Floats:
        """x, y and angle of `rows`; nan: not there."""
        places = np.full((3, max(len(self.there), rows.max(initial=0) + 1)), np.nan)
        np.copyto(places[:, : len(self.there)], self.believed.at(self.tick), where=self.there)
        places[2] *= _RADIANS_PER_STEP
        return places.take(rows, axis=1)


class Rewind:
    """The history of what `publisher` has published."""

    def __init__(self, publisher: Publisher, rates: Rates) -> None:
        self.slots_max: Final = ceil(REWIND_S_MAX * rates.snapshot_rate) + SLOTS_BEYOND
        self._publisher, self._world = publisher, publisher.world
        self._since: Ints = np.zeros(len(self._world.alive), dtype=np.int64)
        """The snapshot since which a row has been there without a break."""
        self._slots: deque[_Slot] = deque(maxlen=self.slots_max)
        """Of the snapshots known, the oldest first."""

    def __len__(self) -> int:
        return len(self._slots)

    def record(self, tick: int) -> None:
        """The snapshot of `tick` has been published."""
        extent = self._world.extent
        there = self._world.solid[:extent] & (self._publisher.cell[:extent] != NOWHERE)
        fresh = there.copy()
        if self._slots:
            before = self._slots[-1].there[:extent]
            fresh[: len(before)] &= ~before
        self._since[:extent][fresh] = tick
        self._slots.append(_Slot(tick, self._publisher.beliefs.everything(extent).copy(), there))

    def at(self, tick: float, now: int) -> Past:
        """What stands in the way of a beam at `tick`; the world's own columns are those after tick `now`.

        What is older than all that is known is taken for the oldest.
        """
        world, rows = self._world, self._world.solid.nonzero()[0]
        truth = np.stack((world.x[rows], world.y[rows], world.angle[rows]))
        if tick >= now or not self._slots:
            return Past(world, rows, *truth)
        tick = max(tick, self._slots[0].tick)
        before = bisect_right(self._slots, tick, key=lambda slot: slot.tick) - 1
        slot = self._slots[before]
        was, after_tick, after = slot.places(rows), now, truth
        if before + 1 < len(self._slots):
            after_tick, after = self._slots[before + 1].tick, self._slots[before + 1].places(rows)
        share = (tick - slot.tick) / (after_tick - slot.tick) if after_tick > tick else 0.0
        turned = after - was
        turned[2] -= tau * np.rint(turned[2] / tau)
        known = np.flatnonzero(~np.isnan(was[0]) & (self._since[rows] <= slot.tick))
        x, y, angle = (was + share * turned)[:, known]
        return Past(world, rows[known], x, y, angle)
