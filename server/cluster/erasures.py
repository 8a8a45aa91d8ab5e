"""Who was forgotten by another process, and is to be forgotten by this one's disk: one after the other.

What the disk doesn't take is tried again later, and keeps nobody else waiting. How many may wait is bounded: whoever
doesn't get in is counted, and told of in the log, for nobody will ask again.
"""

from collections.abc import Awaitable, Callable
from math import inf
from typing import Final

import structlog
import trio

WAITING_MAX: Final = 256
AGAIN_AFTER_S: Final = 10.0
"""After the disk has failed."""

log = structlog.get_logger("ricochet.cluster")


class Erasures:
    """`erase` forgets an account, for good, and may be called for one of which nothing is left."""

    def __init__(self, erase: Callable[[str], Awaitable[object]], waiting_max: int = WAITING_MAX) -> None:
        self._erase, self._waiting_max = erase, waiting_max
        self._new: dict[str, None] = {}
        self._failed: dict[str, None] = {}
        self._again_s = inf
        """When to try these again."""
        self._news = trio.Event()
        self.dropped = 0
        """Who didn't get in."""

    def __len__(self) -> int:
        return len(self._new) + len(self._failed)

    def put(self, account: str) -> None:
        """It is to be forgotten. Never awaits, never raises."""
        if account in self._failed:
            return
        if account not in self._new and len(self) >= self._waiting_max:
            self.dropped += 1
            log.error("somebody who was forgotten elsewhere will not be here: too many wait", waiting=len(self))
            return
        self._new[account] = None
        self._news.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            with trio.move_on_at(self._again_s):
                await self._news.wait()
            self._news = trio.Event()
            if trio.current_time() >= self._again_s:
                self._new, self._failed, self._again_s = {**self._new, **self._failed}, {}, inf
            await self._try_all()

    async def _try_all(self) -> None:
        why = ""
        for account in list(self._new):
            del self._new[account]
            try:
                await self._erase(account)
            except OSError as error:
                self._failed[account], why = None, str(error)
        if why:
            self._again_s = min(self._again_s, trio.current_time() + AGAIN_AFTER_S)
            log.error("some who were forgotten elsewhere could not be here yet", waiting=len(self), why=why)
