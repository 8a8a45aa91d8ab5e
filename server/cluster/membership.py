"""One process's part in the directory: it keeps a lease, says which rooms it runs, and stops those that it has lost.

    claim      before a room runs whose name another may know
    announce   a room whose name was drawn by chance just now: it runs already, and the claim follows
    holds      asked before each tick; without it the room does no tick
    on_lost    called once with each room that was lost: the directory knows better, or it was out of reach for too long

While the directory is out of reach rooms play on until their tenure is over; while there is none at all (`is_absent`),
for as long as that lasts. A process that has lost its lease takes a new one and claims rooms anew.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Final

import structlog
import trio

from server.cluster.directory import Directory, Unreachable
from server.cluster.records import Claimed, Notice, Owned, Process, Taken, Timing, Why
from server.cluster.tenure import Tenures
from server.statistics import InCompany

WATCH_EVERY_S: Final = 0.25
TAKEN_MAX: Final = 4096
"""Seats that are taken and not told yet; with more, the oldest run out by themselves."""
CLAIMS_MAX: Final = 64
"""New rooms that are claimed by one question: some 13 kB, and a millisecond of the directory's."""

log = structlog.get_logger("ricochet.cluster")


def awake_s() -> float:
    """A clock that doesn't stand still while the machine sleeps, where there is one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Membership:
    """`about` and `look` say how things stand, of the process and of a room that it runs (None: not yet)."""

    def __init__(
        self,
        directory: Directory,
        about: Callable[[], Process],
        look: Callable[[str], Notice | None],
        on_lost: Callable[[str], None],
        timing: Timing | None = None,
        clock: Callable[[], float] = awake_s,
    ) -> None:
        self.directory, self.timing = directory, timing or Timing()
        self.lease = 0
        """0: there is none now."""
        self.held: dict[str, int] = {}
        """By room, how many seats were reserved at the last beat."""
        self.counted = InCompany()
        self._about, self._look, self._on_lost, self._clock = about, look, on_lost, clock
        self._tenures = Tenures(self.timing)
        self._first: dict[str, Notice] = {}
        """Of each room, as it was claimed."""
        self._new: set[str] = set()
        """Announced, and not claimed yet."""
        self._taken: deque[Taken] = deque(maxlen=TAKEN_MAX)
        self._news = trio.Event()
        self._is_away = self._has_left = False
        self._heard_s = clock()

    # rooms -------------------------------------------------------------------------------------------------

    def holds(self, name: str) -> bool:
        """Whether the room may do a tick now."""
        return self._tenures.holds(name, self._clock())

    @property
    def rooms(self) -> list[str]:
        return list(self._tenures.fences())

    def fence(self, name: str) -> int:
        """Under which the room is owned; 0: not yet, or not."""
        return self._tenures.fences().get(name, 0)

    async def claim(self, notice: Notice) -> Claimed:
        """May this process run the room? Raises Unreachable."""
        lease, sent_s = self.lease, self._clock()
        if not lease:
            return Claimed(Why.LOST)
        claimed = await self.directory.claim(lease, notice, False)
        if claimed.why is Why.GRANTED:
            self._first[notice.name] = notice
            if lease != self.lease or not self._tenures.granted(notice.name, claimed.fence, sent_s, self._clock()):
                return Claimed(Why.LOST)
        return claimed

    def announce(self, notice: Notice) -> None:
        """A room of a new name is there."""
        now_s = self._clock()
        if self._tenures.granted(notice.name, 0, now_s, now_s):
            self._first[notice.name] = notice
            self._new.add(notice.name)
            self._news.set()

    def give_up(self, name: str) -> int:
        """The room has been stopped: it is ours no longer. Under which fence it was, for `release`."""
        fence = self._tenures.given_up(name)
        self._drop(name)
        return fence

    async def release(self, name: str, fence: int) -> None:
        """Tell the directory of a room that was given up. If it is ours again by then, it is under another fence."""
        if fence and self.lease:
            with suppress(Unreachable):
                await self.directory.release(self.lease, name, fence)

    def taken(self, room: str, seat: str) -> None:
        """Somebody came to a seat that was reserved: they are among the room's players from the next beat on."""
        self._taken.append(Taken(room, seat))

    async def leave(self, hands_over: bool = False) -> None:
        """All rooms have been stopped, and the process goes: it takes no other lease. With `hands_over` others may have
        them at once."""
        self._has_left = True
        self._tenures.stop_all(self._drop)
        lease, self.lease = self.lease, 0
        if lease:
            with suppress(Unreachable):
                await self.directory.leave(lease, hands_over)

    # the lease ---------------------------------------------------------------------------------------------

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep a lease, for ever; started once there is one."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._watch)
            while True:
                if not self.lease and not self._has_left:
                    await self._join()
                if self.lease:
                    task_status.started()
                    task_status = trio.TASK_STATUS_IGNORED
                    await self.beat()
                    await self._claim_new()
                with trio.move_on_after(self.timing.beat_s):
                    await self._news.wait()
                self._news = trio.Event()

    async def beat(self) -> None:
        """Tell the directory that we live, and what we run."""
        lease, fences = self.lease, {name: fence for name, fence in self._tenures.fences().items() if fence}
        rooms = [Owned(self._notice(name), fence) for name, fence in fences.items()]
        taken, sent_s = list(self._taken), self._clock()
        try:
            heard = await self.directory.beat(lease, self._about(), rooms, taken)
        except Unreachable as error:
            self._unanswered(error, fences, sent_s)
            return
        self._answered()
        if heard.is_lost:
            self._lose_lease()
            return
        for name in heard.lost:
            if self._tenures.lost(name, fences.pop(name)):
                self._lose(name)
        self._tenures.renewed(fences.items(), sent_s, self._clock())
        self.held = dict(heard.held)
        for one in taken:
            with suppress(ValueError):
                self._taken.remove(one)

    @property
    def silent_s(self) -> float | None:
        """How long ago the directory last answered; None: there is no lease."""
        return self._clock() - self._heard_s if self.lease else None

    async def _join(self) -> None:
        sent_s = self._clock()
        try:
            self.lease = await self.directory.join(self._about())
            self._answered()
            if not self.lease:
                log.error("the directory has too many processes")
        except Unreachable as error:
            self._unanswered(error, dict.fromkeys(self._new, 0), sent_s)

    async def _claim_new(self) -> None:
        """What was announced; what can't be claimed before the next beat is due waits until after it."""
        due_s = self._clock() + self.timing.beat_s
        while True:
            names = list(islice(self._new, CLAIMS_MAX))
            if not names or not await self._claim_together(names):
                return
            if self._clock() >= due_s:
                self._news.set()
                return

    async def _claim_together(self, names: list[str]) -> bool:
        """Whether there was an answer, and it was to us as we are now."""
        lease, sent_s, notices = self.lease, self._clock(), [self._notice(name) for name in names]
        try:
            answers = await self.directory.claim_new(lease, notices)
        except Unreachable as error:
            self._unanswered(error, dict.fromkeys(self._new, 0), sent_s)
            return False
        if lease != self.lease:
            return False
        for name, claimed in zip(names, answers, strict=True):
            if claimed.why is Why.GRANTED and name not in self._new:
                await self.release(name, claimed.fence)  # the room has been stopped meanwhile
            elif not self._take(name, claimed, sent_s):
                return False
        return True

    def _take(self, name: str, claimed: Claimed, sent_s: float) -> bool:
        """Whether the answer to what was sent then is of use; if it isn't, there will be another lease."""
        if claimed.why is Why.LOST:
            return False
        is_granted = claimed.why is Why.GRANTED
        if is_granted and not self._tenures.granted(name, claimed.fence, sent_s, self._clock()):
            return False
        self._new.discard(name)
        if not is_granted and self._tenures.lost(name, 0):
            self._lose(name)
        return True

    async def _watch(self) -> None:
        while True:
            for name in self._tenures.lapsed(self._clock()):
                self._lose(name)
            await trio.sleep(WATCH_EVERY_S)

    # -------------------------------------------------------------------------------------------------------

    def _notice(self, name: str) -> Notice:
        return self._look(name) or self._first[name]

    def _lose_lease(self) -> None:
        log.warning("the lease is lost: rooms stop, and are claimed anew", rooms=len(self._tenures))
        self.lease = 0
        self.counted.leases_lost += 1
        self._tenures.stop_all(self._lose)
        self._news.set()

    def _lose(self, name: str) -> None:
        log.warning("a room is lost", room=name)
        self.counted.rooms_lost += 1
        self._drop(name)
        self._on_lost(name)

    def _drop(self, name: str) -> None:
        self._first.pop(name, None)
        self._new.discard(name)
        self.held.pop(name, None)

    def _answered(self) -> None:
        self._heard_s = self._clock()
        self.counted.directory_answers += 1
        if self._is_away:
            self._is_away = False
            log.info("the directory is back")

    def _unanswered(self, error: Unreachable, fences: dict[str, int], sent_s: float) -> None:
        self.counted.directory_unanswered += 1
        if not self._is_away:
            self._is_away = True
            log.warning("the directory is away; rooms play on", why=str(error), is_absent=error.is_absent)
        if error.is_absent:
            self._tenures.renewed(fences.items(), sent_s, self._clock())
