"""Garbage collection kept out of the tick.

What is there after start-up stays, so it is frozen: no collection looks at it again. After that the collector
doesn't run by itself, which would be in the middle of some tick; it is called right after a tick, when the loop
is about to idle, a young generation often and all of them rarely.
"""

import gc

YOUNG_EVERY_S = 1.0
OLDER_EVERY_S = 10.0
ALL_EVERY_S = 600.0
"""A look at everything takes 15 to 50 ms with a hundred players: some ticks are late for it."""
LATE_S_MAX = 0.004
"""A loop that is late has no idle part; it gets to collect later."""
POSTPONED_S_MAX = 5.0


class Sweeping:
    """When to collect which generation; `ticks_per_s` are those of all rooms together."""

    def __init__(self, ticks_per_s: int) -> None:
        self._ticks_per_s = ticks_per_s
        self._ticks = 0
        self._owed: int | None = None
        self._postponed_ticks = 0

    def generation_due(self, lateness_s: float) -> int | None:
        """Asked after each tick: the generation to collect now, if any."""
        self._ticks += 1
        for generation, every_s in ((2, ALL_EVERY_S), (1, OLDER_EVERY_S), (0, YOUNG_EVERY_S)):
            if self._ticks % round(every_s * self._ticks_per_s) == 0:
                self._owed = max(generation, self._owed or 0)
                break
        if self._owed is None:
            return None
        self._postponed_ticks += 1
        if lateness_s > LATE_S_MAX and self._postponed_ticks < POSTPONED_S_MAX * self._ticks_per_s:
            return None
        owed, self._owed, self._postponed_ticks = self._owed, None, 0
        return owed


def settle() -> None:
    """Start-up is over: freeze what is there, and collect only when told."""
    gc.collect()
    gc.freeze()
    gc.disable()


def unsettle() -> None:
    """Back to the interpreter's own ways."""
    gc.enable()
    gc.unfreeze()
