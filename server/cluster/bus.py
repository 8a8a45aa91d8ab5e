"""How processes of one directory hear each other, and where what they decide is kept; and the bus within one process.

    say      to all others, and perhaps to oneself: at once, or not at all
    run      hear what is said, for ever; `on_open` is called whenever what was said before may have been missed
    keep     decisions, for those who come later or were away: of each person the newest stays
    kept     all of them, unless nothing has changed since a revision

Nothing is promised of what is said: it may be lost, and not everybody hears it in the same order. What waits to be said
or heard is bounded; beyond that it is dropped and counted.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import trio
from msgspec import Struct

from server.cluster.decisions import Decision, Decisions
from server.cluster.directory import Unreachable

WAITING_MAX: Final = 256
"""So much of one process may wait to be said, and in the twin to be heard."""

FLUSH_S_MAX: Final = 0.2

Hear = Callable[[bytes], None]


class Kept(Struct, frozen=True):
    """All decisions that are kept, and by what they are told from later ones."""

    revision: int
    decisions: list[Decision]


class Bus(Protocol):
    """What every bus does."""

    dropped: int
    """How many could not be said, or not be heard, since it was made."""

    def say(self, wire: bytes) -> None: ...
    async def flush(self) -> None:
        """Until what was said is on its way or lost; for FLUSH_S_MAX at most."""

    async def run(self, hear: Hear, on_open: Callable[[], None]) -> None: ...
    async def keep(self, decisions: Sequence[Decision]) -> None:
        """Raises Unreachable."""

    async def kept(self, revision: int) -> Kept | None:
        """None: nothing has changed since that. Raises Unreachable."""


class Air:
    """What local buses share: the processes of a test, or of a server that has no other."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.now_ms = now_ms
        self.decisions = Decisions()
        self.revision = 0
        self.buses: list[LocalBus] = []

    def forget(self) -> None:
        """Whatever was kept is lost."""
        self.decisions, self.revision = Decisions(), self.revision + 1


class LocalBus:
    """See `Bus`. Somebody with a scissors can cut it off."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._send, self._receive = trio.open_memory_channel[bytes](WAITING_MAX)
        self._on_open: Callable[[], None] = lambda: None
        self._is_cut = False
        self.dropped = 0

    def cut(self) -> None:
        """From now on nothing is said or heard here."""
        self._is_cut = True

    def mend(self) -> None:
        self._is_cut = False
        self._on_open()

    def say(self, wire: bytes) -> None:
        if self._is_cut:
            self.dropped += 1
            return
        for bus in self._air.buses:
            bus.overhear(wire)

    def overhear(self, wire: bytes) -> None:
        """Somebody has said that."""
        if self._is_cut:
            return
        try:
            self._send.send_nowait(wire)
        except trio.WouldBlock:
            self.dropped += 1

    async def flush(self) -> None:
        await trio.lowlevel.checkpoint()  # it is always on its way

    async def run(self, hear: Hear, on_open: Callable[[], None]) -> None:
        self._on_open = on_open
        self._air.buses.append(self)
        try:
            on_open()
            async for wire in self._receive:
                hear(wire)
        finally:
            self._air.buses.remove(self)

    async def keep(self, decisions: Sequence[Decision]) -> None:
        await self._reach()
        changed = [self._air.decisions.hear(decision, self._air.now_ms()) for decision in decisions]
        self._air.revision += any(changed)

    async def kept(self, revision: int) -> Kept | None:
        await self._reach()
        air = self._air
        if revision == air.revision:
            return None
        return Kept(air.revision, [one for one in air.decisions if one.until_ms > air.now_ms()])

    async def _reach(self) -> None:
        await trio.lowlevel.checkpoint()
        if self._is_cut:
            raise Unreachable("it is cut off")
