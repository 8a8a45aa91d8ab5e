"""What every directory does, and the one that lives in this process.

`ledger` says what each question means. Any of them may raise Unreachable, and then nobody knows whether the directory
has heard: whoever asked for something has it only when they were told so.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

import trio

from server.cluster.ledger import Ledger
from server.cluster.records import Claimed, Entry, Heard, Notice, Orphan, Owned, Process, Taken, Timing, Way


class Unreachable(Exception):
    """The directory doesn't answer."""

    def __init__(self, why: str, is_absent: bool = False) -> None:
        """`is_absent`: there is none at that address now (it refuses connections), so it can't have granted anything,
        and one that comes to be there will be young."""
        super().__init__(why)
        self.is_absent = is_absent


class Directory(Protocol):
    """See `ledger`."""

    async def join(self, process: Process) -> int: ...
    async def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken]) -> Heard: ...
    async def claim(self, lease: int, notice: Notice, is_new: bool) -> Claimed: ...
    async def claim_new(self, lease: int, notices: Sequence[Notice]) -> list[Claimed]:
        """Of rooms that are new, in one question."""
        ...

    async def release(self, lease: int, name: str, fence: int) -> None: ...
    async def leave(self, lease: int, hands_over: bool) -> None: ...
    async def lead(self, name: str, seat: str, asker: str) -> Way: ...
    async def find(self, name: str) -> Entry | None: ...
    async def listed(self, count: int) -> list[Entry]: ...
    async def processes(self) -> dict[int, Process]: ...
    async def orphans(self, count: int) -> list[Orphan]: ...
    async def is_orphan(self, name: str) -> bool: ...
    async def key(self) -> bytes:
        """What seats are signed with, the same for all processes."""
        ...

    async def run(self) -> None:
        """Answer; for ever."""


class LocalDirectory:
    """For processes that are one: it needs nothing beside itself, and forgets everything with its process."""

    def __init__(self, ledger: Ledger | None = None, clock: Callable[[], float] = trio.current_time) -> None:
        self._ledger = ledger if ledger is not None else Ledger(Timing())
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def _now_ms(self) -> int:
        return round(self._clock() * 1000)

    async def join(self, process: Process) -> int:
        await trio.lowlevel.checkpoint()
        return self._ledger.join(process, self._now_ms())

    async def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken]) -> Heard:
        await trio.lowlevel.checkpoint()
        return self._ledger.beat(lease, process, rooms, taken, self._now_ms())

    async def claim(self, lease: int, notice: Notice, is_new: bool) -> Claimed:
        await trio.lowlevel.checkpoint()
        return self._ledger.claim(lease, notice, is_new, self._now_ms())

    async def claim_new(self, lease: int, notices: Sequence[Notice]) -> list[Claimed]:
        await trio.lowlevel.checkpoint()
        now_ms = self._now_ms()
        return [self._ledger.claim(lease, notice, True, now_ms) for notice in notices]

    async def release(self, lease: int, name: str, fence: int) -> None:
        await trio.lowlevel.checkpoint()
        self._ledger.release(lease, name, fence, self._now_ms())

    async def leave(self, lease: int, hands_over: bool) -> None:
        await trio.lowlevel.checkpoint()
        self._ledger.leave(lease, hands_over, self._now_ms())

    async def lead(self, name: str, seat: str, asker: str) -> Way:
        await trio.lowlevel.checkpoint()
        return self._ledger.lead(name, seat, asker, self._now_ms())

    async def find(self, name: str) -> Entry | None:
        await trio.lowlevel.checkpoint()
        return self._ledger.find(name, self._now_ms())

    async def listed(self, count: int) -> list[Entry]:
        await trio.lowlevel.checkpoint()
        return self._ledger.listed(count, self._now_ms())

    async def processes(self) -> dict[int, Process]:
        await trio.lowlevel.checkpoint()
        return self._ledger.processes(self._now_ms())

    async def orphans(self, count: int) -> list[Orphan]:
        await trio.lowlevel.checkpoint()
        return self._ledger.orphans(count, self._now_ms())

    async def is_orphan(self, name: str) -> bool:
        await trio.lowlevel.checkpoint()
        return self._ledger.is_orphan(name, self._now_ms())

    async def key(self) -> bytes:
        await trio.lowlevel.checkpoint()
        return self._key

    async def run(self) -> None:
        await trio.sleep_forever()
