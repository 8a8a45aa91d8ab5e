"""Checkpoints of rooms that nobody has any more, and that nobody could take away: they go when they are an hour old.

A room that ends takes its checkpoints with it, and one that is adopted those of its former owner. What is left comes
from crashes after which nobody had a place, and from writes that were held up. A room of which the directory knows
nothing may still be somebody's, when the directory has just lost its memory: so it is asked twice, a while apart.
"""

from collections.abc import Collection
from typing import Final

import structlog
import trio

from server.cluster.checkpoints import Checkpoints
from server.cluster.directory import Directory, Unreachable

EVERY_S: Final = 600.0
AGE_S_MIN: Final = 3600.0
AT_ONCE_MAX: Final = 200
NEVER: Final = 10**20 - 1
"""No fence is greater."""

log = structlog.get_logger("ricochet.cluster")


class Leftovers:
    """In `checkpoints`, by what `directory` knows."""

    def __init__(self, checkpoints: Checkpoints, directory: Directory) -> None:
        self._checkpoints, self._directory = checkpoints, directory
        self._suspects = frozenset[str]()
        """Those of which nobody knew anything the last time."""

    async def run(self, ours: Collection[str]) -> None:
        """For ever; `ours` has the rooms that are here."""
        while True:
            try:
                await self.sweep(ours)
            except (OSError, Unreachable) as error:
                log.warning("old checkpoints can't be looked at", why=str(error))
            await trio.sleep(EVERY_S)

    async def sweep(self, ours: Collection[str]) -> None:
        """Raises Unreachable or OSError."""
        old = await trio.to_thread.run_sync(self._checkpoints.older_than, AGE_S_MIN, abandon_on_cancel=True)
        unknown = [name for name in old[:AT_ONCE_MAX] if name not in ours and await self._is_nobodys(name)]
        gone = [name for name in unknown if name in self._suspects]
        for name in gone:
            await trio.to_thread.run_sync(self._checkpoints.remove, name, NEVER, abandon_on_cancel=True)
        self._suspects = frozenset(unknown) - frozenset(gone)
        if gone:
            log.info("checkpoints of rooms that nobody has are gone", rooms=len(gone))

    async def _is_nobodys(self, name: str) -> bool:
        return await self._directory.find(name) is None and not await self._directory.is_orphan(name)
