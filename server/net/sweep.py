"""Reads what is ready of all fast lanes in one go, from one task.

A task for each connection costs a wake-up, a system call to wait and a schedule for each message; a hundred players
whose inputs come in the same millisecond would make the next tick late. Here one selector watches all sockets, and
one sweep reads each ready one once. Every tick begins with one (`sweep`), so that no input is late for want of reading.
Between ticks one begins when something is ready, but not sooner than half a tick after the last of either sort: that is
as fine as it is worth to know when an input came, and what a round trip may seem longer than it is. Each wake-up costs
as much as reading a dozen sockets.

What a connection has brought is its taker's; but inputs, which nobody needs before the next tick, are kept until then,
with the times at which they came, and go in bulk where their feeds say. Nothing overtakes them: whatever else their
sender says, and its end, comes after them.

There is one `Sweep` for each run of trio; it starts with the first lane.
"""

import os
import select
import selectors
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import trio
from msgspec import Struct, field

from protocol.input_rows import FRAME_BYTES
from server.net import bulk
from server.net.bulk import Feed

READ_BYTES_MAX: Final = 16_384
"""What one connection may bring in one sweep, so that a flood delays nobody."""
GAP_TICKS: Final = 0.55
"""Between two sweeps; a little more than half, lest the second fall on the next tick's."""
GAP_S: Final = 0.01
"""The same, until a tick says how long it is."""
TOGETHER_S: Final = 0.001
"""After so long the task lets others go first: a tick that falls due need not wait for a thousand sockets."""
READS_TOGETHER: Final = 256
"""So many are read between two looks at the clock."""

Take = Callable[[bytes, float], None]
"""Called with what was read, nothing at the end, and when, by trio's clock, the socket was found ready or a little
after."""


class Batch(Struct):
    """Frames of one length, each from somebody else."""

    fds: list[int] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    arrived_s: list[float] = field(default_factory=list)


class Sweep:
    """All sockets that are read this way; `take` of each is called with what it has brought, and never awaits."""

    def __init__(self) -> None:
        self._poll = _Epoll() if sys.platform == "linux" else _Selector()
        self._takes: dict[int, Take] = {}
        self._feeds: dict[int, Feed] = {}
        self._batches: dict[int, Batch] = {}
        """Frames of inputs that wait for the next tick, by their length."""
        self._waiting: set[int] = set()
        """Who has one there, and never two."""
        self._gap_s = GAP_S
        self._pause = trio.CancelScope()
        """Over when the next sweep may begin."""

    def add(self, fd: int, take: Take) -> None:
        self.remove(fd)  # a descriptor that was closed without a word may have come back as another socket's
        self._poll.register(fd)
        self._takes[fd] = take

    def remove(self, fd: int) -> None:
        """Idempotent."""
        if fd in self._waiting:
            self._settle()
        self._feeds.pop(fd, None)
        if self._takes.pop(fd, None) is not None:
            with suppress(OSError, KeyError):  # closed already, and so forgotten by the kernel
                self._poll.unregister(fd)

    def feed(self, fd: int, feed: Feed | None) -> None:
        """Inputs that `fd` brings may go there from now on; or no more."""
        if feed is not None:
            self._feeds[fd] = feed
        else:
            self._feeds.pop(fd, None)

    def sweep(self, now_s: float, gap_s: float | None = None) -> None:
        """Read every socket that is ready, once. From now on sweeps are `gap_s` apart, if that is told."""
        self._gap_s = gap_s or self._gap_s
        self._read(self._ready(), now_s)
        self._settle()
        self._pause.deadline = now_s + self._gap_s

    def _ready(self) -> list[int]:
        return self._poll.ready() if self._takes else []

    def _read(self, fds: Iterable[int], now_s: float) -> None:
        takes, feeds, batches, waiting = self._takes, self._feeds, self._batches, self._waiting
        for fd in fds:
            if (take := takes.get(fd)) is None:  # it was removed by a take before it
                continue
            try:
                received = os.read(fd, READ_BYTES_MAX)
            except BlockingIOError:
                continue
            except OSError:
                received = b""
            if fd in waiting:  # one after the other
                self._settle()
            length = len(received)
            if length in FRAME_BYTES and fd in feeds:
                batch = batches.get(length)
                if batch is None:
                    batch = batches[length] = Batch()
                batch.fds.append(fd)
                batch.frames.append(received)
                batch.arrived_s.append(now_s)
                waiting.add(fd)
            else:
                take(received, now_s)

    def _settle(self) -> None:
        """Give what waits to whom it is for; a feed may have ended meanwhile."""
        batches = list(self._batches.values())
        self._batches.clear()
        self._waiting.clear()
        for batch in batches:
            for at in bulk.take([*map(self._feeds.get, batch.fds)], batch.frames, batch.arrived_s):
                if (take := self._takes.get(batch.fds[at])) is not None:
                    take(batch.frames[at], batch.arrived_s[at])

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                ready = self._ready()
                if not ready:
                    await trio.lowlevel.wait_readable(self._poll.fileno())
                    continue
                self._settle()  # there was no tick since the last time
                now_s = began_s = trio.current_time()
                for at in range(0, len(ready), READS_TOGETHER):
                    self._read(ready[at : at + READS_TOGETHER], now_s)
                    now_s = trio.current_time()
                    if now_s - began_s > TOGETHER_S:
                        await trio.lowlevel.checkpoint()
                        now_s = began_s = trio.current_time()
                with trio.CancelScope(deadline=now_s + self._gap_s) as self._pause:
                    await trio.sleep_forever()
        finally:
            self._poll.close()


class _Epoll:
    """Linux's own, which is spared the keys that `selectors` makes for every ready socket."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self.fileno, self.unregister, self.close = self._epoll.fileno, self._epoll.unregister, self._epoll.close

    def register(self, fd: int) -> None:
        self._epoll.register(fd, select.EPOLLIN)

    def ready(self) -> list[int]:
        return [fd for fd, _ in self._epoll.poll(0)]


class _Selector:
    """What the standard library finds on other systems."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.unregister, self.close = self._selector.unregister, self._selector.close

    def fileno(self) -> int:
        return int(self._selector.fileno())

    def register(self, fd: int) -> None:
        self._selector.register(fd, selectors.EVENT_READ)

    def ready(self) -> list[int]:
        return [key.fd for key, _ in self._selector.select(0)]


_current: trio.lowlevel.RunVar[Sweep | None] = trio.lowlevel.RunVar("sweep", None)


def current_sweep() -> Sweep:
    """This run's."""
    current = _current.get()
    if current is None:
        current = Sweep()
        _current.set(current)
        trio.lowlevel.spawn_system_task(current.run)
    return current


def sweep(tick_s: float | None = None) -> None:
    """Read what has arrived so far. What a tick, which comes every `tick_s`, begins with."""
    current = _current.get()
    if current is not None:
        current.sweep(trio.current_time(), tick_s and GAP_TICKS * tick_s)
