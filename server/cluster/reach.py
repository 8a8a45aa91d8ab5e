"""How far the word of an admin reaches, and what is known of other processes. Here: to this one, and nothing.

`fleet` reaches all processes of a directory.
"""

from collections.abc import Awaitable, Callable

import trio

from protocol.stats import FarRoomRow, ProcessRow
from server.moderation import ACTIONS, AnyOrder, CantBe, DrainOrder, Moderation
from server.statistics import Statistics


class Reach:
    """This process."""

    def __init__(self, moderation: Moderation) -> None:
        self.moderation = moderation
        self.on_forgotten: Callable[[str], Awaitable[object]] | None = None
        """Forgets somebody here, of whom another process has been told. It may raise OSError."""

    async def obey(self, action: str, order: AnyOrder, by: str | None) -> str:
        """Do what `by` orders, wherever it is to be done; what was done. Raises CantBe."""
        await trio.lowlevel.checkpoint()
        return self.obey_here(action, order)

    def obey_here(self, action: str, order: AnyOrder) -> str:
        act, _ = ACTIONS[action]
        return act(self.moderation, order, trio.current_time())

    async def drain(self, order: DrainOrder, by: str | None) -> tuple[str, bool]:
        """(what was done, whether this process is to drain now). Raises CantBe."""
        await trio.lowlevel.checkpoint()
        if order.process is not None:
            raise CantBe("there is no other process")
        return "draining", True

    def forgotten(self, account: str) -> int:
        """Somebody is forgotten here: so they are to be in all others, as far as they can be reached; how many those
        are."""
        return 0

    def processes(self) -> list[ProcessRow]:
        """All, this one first; none where there is one alone."""
        return []

    def rooms(self) -> list[FarRoomRow]:
        """Those of other processes."""
        return []

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        """`statistics`, with what is counted here."""
        return statistics

    async def run(self) -> None:
        """For ever, or until there is nothing to do."""

    async def leave(self) -> None:
        """The process is about to end."""
