"""Wakes the few who have to be up at a certain moment, many times a second: the tick, the pulse of bots, and the sweep
of sockets between two of these.

Trio ends a sleep by cancelling it: an exception that passes through half a dozen frames of trio's, none of which is in
the cache any more after the pause. That is a tenth of a millisecond for each wake-up, in which ten clients could be
written to. A `Metronome` wakes without it: it is the clock of a run of trio, which says how long there is to wait, and
an instrument of it, which lets go on whose time has come.

In a run with another clock, as most tests have, an `Alarm` is a sleep like any other. `run` starts one with it.
"""

import heapq
from collections.abc import Awaitable, Callable
from itertools import count
from math import inf
from time import perf_counter
from typing import TypeVar, TypeVarTuple

import trio

Words = TypeVarTuple("Words")
Result = TypeVar("Result")
_numbers = count()
"""Of two alarms for the same moment the older one is before the other."""


class Alarm:
    """Of one task: `wait` until the moment that was `set`, and it may be set anew meanwhile."""

    def __init__(self) -> None:
        self.due_s = inf
        clock = trio.lowlevel.current_clock()
        self._metronome = clock if isinstance(clock, Metronome) else None
        self._task: trio.lowlevel.Task | None = None
        self._scope: trio.CancelScope | None = None

    def set(self, due_s: float) -> None:
        """When it rings, by trio's clock. Has no effect on who doesn't wait."""
        self.due_s = due_s
        if self._scope is not None:
            self._scope.deadline = due_s
        elif self._task is not None and self._metronome is not None:
            self._metronome.note(self)

    async def wait(self, due_s: float) -> None:
        """Until then, or until what is set meanwhile."""
        if self._metronome is None:
            await self._sleep(due_s)
            return
        self._task = trio.lowlevel.current_task()
        self.set(due_s)
        await trio.lowlevel.wait_task_rescheduled(self._leave)

    async def _sleep(self, due_s: float) -> None:
        try:
            with trio.CancelScope(deadline=due_s) as self._scope:
                await trio.sleep_forever()
        finally:
            self._scope = None

    def _leave(self, raise_cancel: object) -> trio.lowlevel.Abort:
        self.due_s, self._task = inf, None
        return trio.lowlevel.Abort.SUCCEEDED

    def ring(self) -> None:
        """It is time."""
        assert self._task is not None
        task, self._task, self.due_s = self._task, None, inf
        trio.lowlevel.reschedule(task)


class Metronome(trio.abc.Clock, trio.abc.Instrument):
    """Of one run of trio, which must be told it as both."""

    def __init__(self) -> None:
        self._noted: list[tuple[float, int, Alarm]] = []
        """A heap. An alarm that was set anew is in it once more, and counts only where it is noted for when it is due.
        So there are as many as are set within the longest wait: of ticks and sweeps, a few for each room."""

    def note(self, alarm: Alarm) -> None:
        heapq.heappush(self._noted, (alarm.due_s, next(_numbers), alarm))

    def _next_s(self) -> float:
        noted = self._noted
        while noted:
            due_s, _, alarm = noted[0]
            if alarm.due_s == due_s:
                return due_s
            heapq.heappop(noted)
        return inf

    # what trio asks ----------------------------------------------------------------------------------------

    def start_clock(self) -> None:
        pass

    def current_time(self) -> float:
        return perf_counter()

    def deadline_to_sleep_time(self, deadline: float) -> float:
        return min(deadline, self._next_s()) - perf_counter()

    def after_io_wait(self, timeout: float) -> None:
        now_s = perf_counter()
        while self._next_s() <= now_s:
            heapq.heappop(self._noted)[2].ring()


def run(main: Callable[[*Words], Awaitable[Result]], *words: *Words) -> Result:
    """`trio.run` on a metronome."""
    metronome = Metronome()
    return trio.run(main, *words, clock=metronome, instruments=[metronome])
