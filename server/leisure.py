"""What takes some milliseconds and can wait a moment is done between two ticks. Pure.

Opening a room keeps the game's thread busy for as long as a tick may take, or longer. So it is done right after a tick,
where the next one of any room is some time off; whatever has waited POSTPONED_S_MAX is done after the next tick all the
same. While no room ticks everything is done at once. In any case in the order in which it came, one at a time.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from server.statistics import Faults

GAP_S_MIN: Final = 0.004
"""So long nothing may be due."""
LATE_S_MAX: Final = 0.004
"""A loop that is later has no time to give."""
POSTPONED_S_MAX: Final = 0.25
JOBS_MAX: Final = 256
"""That wait; with one more the first is done at once."""

Job = Callable[[], None]

log = structlog.get_logger("ricochet.leisure")


class Leisure:
    """`is_calm`: whether nothing ticks. `clock` tells seconds."""

    def __init__(self, is_calm: Callable[[], bool], clock: Callable[[], float], faults: Faults) -> None:
        self._is_calm, self._clock, self._faults = is_calm, clock, faults
        self._jobs: deque[tuple[Job, float]] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Have it done, now or soon. What it raises now is the caller's; later it is logged and counted."""
        if not self._jobs and self._is_calm():
            job()
            return
        self._jobs.append((job, self._clock()))
        if len(self._jobs) > JOBS_MAX:
            self._do_first()

    def tick_done(self, lateness_s: float, gap_s: Callable[[], float]) -> None:
        """After each tick, which began so late; `gap_s` tells how soon something else is due."""
        if not self._jobs:
            return
        if self._has_waited() or (lateness_s <= LATE_S_MAX and gap_s() >= GAP_S_MIN):
            self._do_first()

    def sweep(self) -> None:
        """Now and then: whatever has waited for too long, for the ticks may have ended meanwhile."""
        while self._jobs and self._has_waited():
            self._do_first()

    def _has_waited(self) -> bool:
        return self._clock() - self._jobs[0][1] >= POSTPONED_S_MAX

    def _do_first(self) -> None:
        job, _ = self._jobs.popleft()
        try:
            job()
        except Exception:
            self._faults.chores_failed += 1
            log.exception("what had waited could not be done")
