"""Garbage collection kept out of the tick, and short.

The collector doesn't run by itself, which would be in the middle of some tick; it is called right after a tick, when
the loop is about to idle:

    young   what was made since the last time, once a second or when much was made
    all     everything but what start-up made, when many connections that had got old have gone since the last time, or
            some and nobody is there to notice

What survives its first collection is old, and is looked at only with all; what start-up made (some 90,000 objects,
where a player is 180) is frozen and never looked at again. So a thousand players at play cost nothing. What dies later
dies by its reference count. Only cycles that got old stay, and nearly all of those are connections that have ended;
`PARTED_MAX` of them bound that, and a room that has ended, some megabytes, counts as `ROOM_PARTS` of them. A connection
that came and went between two collections is young, so that no flood of them makes anybody look at everything again
and again.
"""

import gc
from enum import Enum, auto
from math import inf

YOUNG_EVERY_S = 1.0
YOUNG_OBJECTS = 10_000
"""Looking at so many takes a millisecond or two."""
PARTED_MAX = 1000
ROOM_PARTS = 64
LATE_S_MAX = 0.004
"""A loop that is late has no idle part; it gets to collect later."""
POSTPONED_S_MAX = 5.0


class Work(Enum):
    YOUNG = auto()
    ALL = auto()


class Collector:
    """What to collect when."""

    def __init__(self, now_s: float = -inf) -> None:
        self._collected_s = now_s
        self._parted = 0

    def due(self, now_s: float, lateness_s: float, made: int, parted: int, playing: int) -> Work | None:
        """Asked after each tick of any room: what to do now, if anything.

        `made` are the objects since the last collection, `parted` all the connections that had got old and have ended
        so far, with rooms as so many of them, `playing` those that go on.
        """
        gone, since_s = parted - self._parted, now_s - self._collected_s
        if gone >= PARTED_MAX or (gone and not playing):
            work = Work.ALL
        elif since_s >= YOUNG_EVERY_S or made >= YOUNG_OBJECTS:
            work = Work.YOUNG
        else:
            return None
        if lateness_s > LATE_S_MAX and since_s < POSTPONED_S_MAX:
            return None
        self._collected_s = now_s
        if work is Work.ALL:
            self._parted = parted
        return work


def settle() -> None:
    """Start-up is over: freeze what is there, and collect only when told.

    The young alone are looked at: a look at everything found ten objects, in 35 ms of every start.
    """
    gc.collect(0)
    gc.freeze()
    gc.disable()


def collect(work: Work) -> None:
    gc.collect(2 if work is Work.ALL else 0)


def unsettle() -> None:
    """Back to the interpreter's own ways."""
    gc.enable()
    gc.unfreeze()
