"""A room that is stepped and kept by hand, on a clock that is moved by hand; and a store in memory to keep it in."""

import threading

import trio
import trio.testing

from server.checkpoint import unseal
from server.keeper import Keeper
from server.store import RESTRICTIONS, Superseded
from tests.instruments.stepper import Stepper

TICK_S = 1 / 60


class Memory:
    """A store in memory, which can be told to be slow or broken."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        """Checkpoints."""
        self.kept: dict[str, bytes] = {}
        """The newest, by name."""
        self.fences: list[int] = []
        """Under which each was written."""
        self.aside: list[tuple[str, str, bytes | None]] = []
        self.is_slow, self.released = False, threading.Event()
        self.why_broken = ""
        self.is_superseded = False

    def read(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def names(self) -> list[str]:
        return sorted(self.kept)

    def write(self, name: str, content: bytes, fence: int = 0) -> None:
        if self.is_slow:
            assert self.released.wait(60)
        if self.why_broken:
            raise OSError(self.why_broken)
        if self.is_superseded:
            raise Superseded("the room was gone on with")
        self.kept[name] = content
        self.fences.append(fence)
        if name != RESTRICTIONS:
            self.written.append(content)

    def remove(self, name: str) -> None:
        self.kept.pop(name, None)

    def set_aside(self, name: str, why: str, content: bytes | None = None) -> str:
        self.aside.append((name, why, content))
        return "memory"

    def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


class Kept:
    """A room that is stepped by hand, on a clock that is moved by hand, and kept in memory by a real worker thread."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self.clock = clock
        self.stepper = Stepper()
        self.store = Memory()
        self.keeper = Keeper(self.stepper.lobby, self.store)
        self.counted = self.stepper.lobby.keeping

    async def play(self, seconds: float, lateness_s: float = 0.0) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.clock.jump(TICK_S)
            self.stepper.step()
            self.keeper.tick_done(self.stepper.room, lateness_s)
            await self.settle()

    async def settle(self) -> None:
        """Until nothing is being written, unless the disk is slow."""
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        while self.keeper.is_writing and not self.store.is_slow:
            await trio.lowlevel.checkpoint()

    def ticks(self) -> list[int]:
        """Of what was written."""
        return [unseal(checkpoint).tick for checkpoint in self.store.written]


Clock = trio.testing.MockClock
