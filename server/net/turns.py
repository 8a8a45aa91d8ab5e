"""When a request is answered, so that the game has time between two of them.

To answer one keeps the game's thread busy for a few milliseconds, whatever it is: a page, the metrics, a player who
joins. A hundred at the same moment would make the next tick late by all of them. So each takes a turn: no two begin
within `gap_s`, first come, first served. Where there is such a crowd that a turn is far off, it is better to hear so.

Turns are given, and not told beforehand: else all who were told a moment in which the thread was busy would begin
together after it. A turn that is given late says that the thread is hardly idle any more, and the next one comes later
by as much, up to another gap. So where an answer takes most of a gap, as on a slow machine, ticks still come first.
"""

from typing import Final

import trio

from protocol.metronome import Alarm

HEAR_GAP_S: Final = 0.002
"""Between two who are heard at all: to read a request and refuse it is cheap, and not for nothing."""
PLAY_GAP_S: Final = 0.006
"""Between two who join: a thousand who come back after a restart are in within six seconds, or twice as many."""
PAGE_GAP_S: Final = 0.010
"""Between two answers of HTTP, which take longer: some ten people a second open the page."""
HEALTH_GAP_S: Final = 0.050
"""Whether the process is well is asked every few seconds, and has to be told when pages are in demand."""
WAIT_S_MAX: Final = 10.0
HEALTH_WAIT_S_MAX: Final = 1.0


class Turns:
    """One line; `len` is how many wait in it."""

    def __init__(self, gap_s: float, wait_s_max: float = WAIT_S_MAX) -> None:
        self._gap_s, self._wait_s_max = gap_s, wait_s_max
        self._pace_s = gap_s
        """From the latest turn to the next."""
        self._free_s = 0.0
        """The next turn is not before that."""
        self._waiting: dict[trio.lowlevel.Task, float] = {}
        """Since when."""
        self._is_giving = False

    def __len__(self) -> int:
        return len(self._waiting)

    async def take(self) -> bool:
        """Wait for one's turn; False: it is far off, which is said at once, or came too late."""
        now_s = trio.current_time()
        if not self._waiting and now_s >= self._free_s:
            self._free_s = now_s + self._gap_s
            await trio.lowlevel.checkpoint()
            return True
        if len(self._waiting) * self._pace_s >= self._wait_s_max:
            await trio.lowlevel.checkpoint()
            return False
        if not self._is_giving:
            self._is_giving = True
            trio.lowlevel.spawn_system_task(self._give)
        task = trio.lowlevel.current_task()
        self._waiting[task] = now_s

        def leave(raise_cancel: object) -> trio.lowlevel.Abort:
            self._waiting.pop(task, None)
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(leave)
        return self._is_in_time(now_s)

    def _is_in_time(self, since_s: float) -> bool:
        """Whoever has waited for longer has given up by now, or will: to answer it would be in vain."""
        return trio.current_time() - since_s <= self._wait_s_max + self._gap_s

    async def _give(self) -> None:
        """One turn after the other, as long as anybody waits."""
        alarm = Alarm()
        try:
            while self._waiting:
                await alarm.wait(self._free_s)
                now_s = trio.current_time()
                if self._waiting and now_s >= self._free_s:
                    task, since_s = next(iter(self._waiting.items()))
                    del self._waiting[task]
                    trio.lowlevel.reschedule(task)
                    if self._is_in_time(since_s):
                        self._pace_s = self._gap_s + min(now_s - self._free_s, self._gap_s)
                        self._free_s = now_s + self._pace_s
        finally:
            self._is_giving = False
