"""Processes that have rooms in the directory and nowhere else: real beats, claims and lists, and no game behind them.

Each is a `Membership` with a client of its own, and asks for the list of rooms and for orphans as often as a server
does, once its own rooms are registered. How long each question took is noted.

`python -m bench.cluster.pretenders URL ROOMS PROCESSES` are some in a process of their own, so that whoever measures
something else beside them doesn't wait for what they do. It says READY, and ends when its stdin does.
"""

import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from subprocess import PIPE
from typing import Any, Final

import trio

from bench.cluster.fleet import ROOT
from protocol import limits
from protocol.errors import UserError
from server.cluster.adoption import ORPHANS_MAX
from server.cluster.company import LOOK_EVERY_S
from server.cluster.directory import Unreachable
from server.cluster.membership import Membership
from server.cluster.records import Entry, Heard, Notice, Owned, Process, Taken, Timing
from server.cluster.redis import RedisDirectory
from server.logs import set_up

SEATS: Final = 16
READY_LOOK_S: Final = 0.1
SPREAD_S: Final = 2.0
"""Between the first and the last, so that they don't all beat at once."""
READY: Final = b"all are registered"
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


def pretenders_of(rooms: int, processes: int, url: str, took: Took) -> list[Pretender]:
    """So many rooms, shared out among so many processes."""
    shares = [rooms * number // processes for number in range(processes + 1)]
    return [Pretender(number, shares[number + 1] - shares[number], url, took) for number in range(processes)]


@asynccontextmanager
async def pretending_apart(rooms: int, processes: int, url: str, ready_s_max: float) -> AsyncIterator[None]:
    """In a process of their own, from when all are registered until the block is left. Raises UserError."""
    words = ["-m", "bench.cluster.pretenders", url, str(rooms), str(processes)]
    process = await trio.lowlevel.open_process([sys.executable, *words], stdin=PIPE, stdout=PIPE, cwd=ROOT)
    assert process.stdout is not None
    try:
        said = b""
        with trio.move_on_after(ready_s_max):
            async for chunk in process.stdout:
                said += chunk
                if READY in said:
                    break
        if READY not in said:
            raise UserError(f"{rooms} rooms were not registered within {ready_s_max:g} s")
        yield
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


async def _pretend(url: str, rooms: int, processes: int) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(pretending, pretenders_of(rooms, processes, url, Took()), SPREAD_S)
        print(READY.decode(), flush=True)
        while await trio.to_thread.run_sync(sys.stdin.buffer.read, abandon_on_cancel=True):
            pass
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    set_up("error", "auto")
    trio.run(_pretend, sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
