"""When the next tick is due, and what to do when it is too late: the overload policy.

Deadlines are absolute, `epoch + n / rate`, so the loop never drifts and never counts its own work as time.

    on time                     one tick
    behind by up to 5 ticks     catch up: so many ticks at once, one snapshot at the end
    further behind              move the epoch: the game runs slower for a moment, physics never takes a longer
                                step, nobody is dropped; the shifted ticks are counted and logged

A loop that is late would start its next ticks at once; first it lets everybody else have some turns, or whatever needs
more than one (a handshake, a message over the plain lane) would fall farther behind with each tick.

`Pace` is the pure part; `keep_time` runs one room by it.
"""

import time
from collections.abc import Callable
from math import inf
from typing import Final

import structlog
import trio

from protocol.metronome import Alarm
from server.room import Room

CATCH_UP_TICKS_MAX: Final = 5
TURNS_WHEN_LATE: Final = 16
"""So often everybody else gets to run before a late loop goes on: a message over the plain lane takes a few turns."""

OnTick = Callable[[float, float], None]
"""Called after each tick with (duration_s, lateness_s)."""
LOG_EVERY_S: Final = 1.0
"""Of an overload that lasts."""

log = structlog.get_logger("ricochet.tick")


class Pace:
    """The deadlines of one room. Times are seconds of any clock."""

    def __init__(self, start_s: float, tick_rate: int) -> None:
        self._epoch_s, self._rate, self._ticks = start_s, tick_rate, 0

    @property
    def deadline_s(self) -> float:
        """When the next tick is due."""
        return self._epoch_s + self._ticks / self._rate

    def due(self, now_s: float) -> tuple[int, int]:
        """(ticks to run now, ticks given up by moving the epoch). Called at or after the deadline."""
        behind = int((now_s - self.deadline_s) * self._rate) + 1
        run = max(1, min(behind, CATCH_UP_TICKS_MAX))
        shifted = max(0, behind - CATCH_UP_TICKS_MAX)
        self._ticks += run
        self._epoch_s += shifted / self._rate
        return run, shifted


async def keep_time(
    room: Room,
    on_tick: OnTick,
    phase_s: float = 0.0,
    drain: Callable[[], None] = lambda: None,
    rest_after_s: float = inf,
) -> None:
    """Run `room` until nobody has been there for so long; ends by cancellation, too.

    `drain` is called before a tick gathers: it takes in what has arrived and nobody has read yet.
    `phase_s` staggers the rooms of one process. Lateness is how long after its deadline a tick began.
    """
    lonely = 0
    """Ticks in a row with nobody there."""
    pace = Pace(trio.current_time() + phase_s, room.rates.tick_rate)
    unsaid, said_s, alarm = 0, -inf, Alarm()
    while True:
        deadline_s = pace.deadline_s
        await alarm.wait(deadline_s)
        now_s = trio.current_time()
        run, shifted = pace.due(now_s)
        drain()
        unsaid += shifted
        room.statistics.ticks_shifted += shifted
        if unsaid and now_s - said_s >= LOG_EVERY_S:
            late_ms = round((now_s - deadline_s) * 1e3)
            log.warning("overload", room=room.name, tick=room.tick, ticks_shifted=unsaid, late_ms=late_ms)
            unsaid, said_s = 0, now_s
        for n in range(run):
            began_s = time.perf_counter()
            room.advance(now_s, hush=n + 1 < run)
            on_tick(time.perf_counter() - began_s, max(0.0, now_s - (deadline_s + n / room.rates.tick_rate)))
        lonely = 0 if room.is_watched else lonely + run
        if lonely > rest_after_s * room.rates.tick_rate:
            return
        if run > 1:
            for _ in range(TURNS_WHEN_LATE):
                await trio.lowlevel.checkpoint()
