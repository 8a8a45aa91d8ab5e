"""What came all at once, delivered a little at a time, so that no tick is late for it.

One who brings a thousand messages in one read, or a crowd who bring some each, would keep the game's thread for as long
as it takes to go through them. So a lane delivers the first few itself and puts the rest here: a message of each lane
in turn, for a millisecond at most, and then others go first.

There is one `Backlog` for each run of trio.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import trio

from protocol.per_run import OnePerRun
from server.statistics import Statistics

TOGETHER_S: Final = 0.001
TOGETHER: Final = 16
"""So many are delivered before others go first, or fewer if they take longer than that."""

Step = Callable[[], bool]
"""Delivers one message; whether there is more. Never raises."""


class Backlog:
    """Lanes that have something left; `len` is how many."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._news = trio.Event()

    def __len__(self) -> int:
        return len(self._steps)

    def put(self, step: Step) -> None:
        self._steps.append(step)
        self._news.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._news.wait()
            while self._steps:
                await trio.lowlevel.checkpoint()
                self._deliver(trio.current_time() + TOGETHER_S)
            self._news = trio.Event()

    def _deliver(self, until_s: float) -> None:
        for _ in range(TOGETHER):
            step = self._steps.popleft()
            if step():
                self._steps.append(step)
            if not self._steps or trio.current_time() > until_s:
                return


current_backlog = OnePerRun(Backlog)
"""This run's."""


def counting(statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
    """These, with how many lanes have something left."""

    def counted() -> Statistics:
        total = statistics()
        total.lanes_behind = len(current_backlog())
        return total

    return counted
