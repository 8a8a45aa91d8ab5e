"""Processes that have rooms in the directory and nowhere else: real beats, claims and lists, and no game behind them.

Each is a `Membership` with a client of its own, and asks for the list of rooms and for orphans as often as a server
does, once its own rooms are registered. How long each question took is noted.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import trio

from protocol import limits
from server.cluster.adoption import ORPHANS_MAX
from server.cluster.company import LOOK_EVERY_S
from server.cluster.directory import Unreachable
from server.cluster.membership import Membership
from server.cluster.records import Entry, Heard, Notice, Owned, Process, Taken, Timing
from server.cluster.redis import RedisDirectory

SEATS: Final = 16
READY_LOOK_S: Final = 0.1
URL: Final = "http://pretender-{number}.invalid"


class Took:
    """Seconds that questions took, by kind."""

    def __init__(self) -> None:
        self.beats_s: list[float] = []
        self.lists_s: list[float] = []
        self.unanswered = 0

    def clear(self) -> None:
        """Measure from here on."""
        self.beats_s.clear()
        self.lists_s.clear()
        self.unanswered = 0


class Timed(RedisDirectory):
    """The directory, with a stop-watch."""

    def __init__(self, url: str, took: Took, timing: Timing | None = None) -> None:
        super().__init__(url, timing)
        self._took = took

    async def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken]) -> Heard:
        began_s = time.perf_counter()
        heard = await super().beat(lease, process, rooms, taken)
        self._took.beats_s.append(time.perf_counter() - began_s)
        return heard

    async def listed(self, count: int) -> list[Entry]:
        began_s = time.perf_counter()
        entries = await super().listed(count)
        self._took.lists_s.append(time.perf_counter() - began_s)
        return entries

    async def _ask(self, operation: str, *words: str | bytes | int) -> Any:
        try:
            return await super()._ask(operation, *words)
        except Unreachable:
            self._took.unanswered += 1
            raise


class Pretender:
    """One process, with so many rooms."""

    def __init__(self, number: int, rooms: int, url: str, took: Took) -> None:
        self._about = Process(URL.format(number=number), rooms, limits.CONNECTIONS_MAX)
        self._notices = {name: _notice(name) for name in (f"room-{number}-{room}" for room in range(rooms))}
        self.lost: list[str] = []
        self._directory = Timed(url, took)
        self.membership = Membership(self._directory, lambda: self._about, self._notices.get, self.lost.append)

    @property
    def is_registered(self) -> bool:
        """Whether the directory has granted all its rooms."""
        return all(self.membership.fence(name) for name in self._notices)

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self._directory.run)
            await nursery.start(self.membership.run)
            for notice in self._notices.values():
                self.membership.announce(notice)
            while not self.is_registered:  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(READY_LOOK_S)
            nursery.start_soon(self._look_around)

    async def _look_around(self) -> None:
        while True:
            with suppress(Unreachable):
                await self._directory.listed(limits.ROOMS_LISTED_MAX)
                await self._directory.orphans(ORPHANS_MAX)
            await trio.sleep(LOOK_EVERY_S)


def _notice(name: str) -> Notice:
    return Notice(name, name, "melee", "pinball", players=SEATS // 2, seats=SEATS)


async def pretending(
    pretenders: Sequence[Pretender], spread_s: float, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Run them, the first now and the last `spread_s` later; started once all own all that is theirs."""
    async with trio.open_nursery() as nursery:
        for number, pretender in enumerate(pretenders):
            nursery.start_soon(_later, number * spread_s / len(pretenders), pretender)
        while not all(pretender.is_registered for pretender in pretenders):  # noqa: ASYNC110  # nothing announces it
            await trio.sleep(READY_LOOK_S)
        task_status.started()


async def _later(seconds: float, pretender: Pretender) -> None:
    await trio.sleep(seconds)
    await pretender.run()
