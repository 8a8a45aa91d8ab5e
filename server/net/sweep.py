"""Reads what is ready of all fast lanes in one go, from one task.

A task for each connection costs a wake-up, a system call to wait and a schedule for each message; a hundred players
whose inputs come in the same millisecond would make the next tick late. Here one selector watches all sockets, and
one sweep reads each ready one once. Every tick begins with one (`sweep`), so that no input is late for want of reading.
Between ticks one begins when something is ready, but not sooner than half a tick after the last of either sort: that is
as fine as it is worth to know when an input came, and what a round trip may seem longer than it is. Each wake-up costs
as much as reading a dozen sockets.

There is one `Sweep` for each run of trio; it starts with the first lane.
"""

import select
import selectors
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import trio

GAP_TICKS: Final = 0.55
"""Between two sweeps; a little more than half, lest the second fall on the next tick's."""
GAP_S: Final = 0.01
"""The same, until a tick says how long it is."""
TOGETHER_S: Final = 0.001
"""After so long the task lets others go first: a tick that falls due need not wait for a thousand sockets."""
READS_TOGETHER: Final = 16
"""So many are read between two looks at the clock."""

Read = Callable[[float], None]
"""Called with the time, by trio's clock, at which the socket was found ready or a little after."""


class Sweep:
    """All sockets that are read this way; `read(now_s)` of each is called when it is ready, and never awaits.

    It may be called when there is nothing to read any more, or just after `remove`.
    """

    def __init__(self) -> None:
        self._poll = _Epoll() if sys.platform == "linux" else _Selector()
        self._reads: dict[int, Read] = {}
        self._gap_s = GAP_S
        self._pause = trio.CancelScope()
        """Over when the next sweep may begin."""

    def add(self, fd: int, read: Read) -> None:
        self.remove(fd)  # a descriptor that was closed without a word may have come back as another socket's
        self._poll.register(fd)
        self._reads[fd] = read

    def remove(self, fd: int) -> None:
        """Idempotent."""
        if self._reads.pop(fd, None) is not None:
            with suppress(OSError, KeyError):  # closed already, and so forgotten by the kernel
                self._poll.unregister(fd)

    def sweep(self, now_s: float, gap_s: float | None = None) -> None:
        """Read every socket that is ready, once. From now on sweeps are `gap_s` apart, if that is told."""
        self._gap_s = gap_s or self._gap_s
        self._read(self._ready(), now_s)
        self._pause.deadline = now_s + self._gap_s

    def _ready(self) -> list[int]:
        return self._poll.ready() if self._reads else []

    def _read(self, fds: Iterable[int], now_s: float) -> None:
        reads = self._reads
        for fd in fds:
            if fd in reads:  # not removed by a read before it
                reads[fd](now_s)

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                ready = self._ready()
                if not ready:
                    await trio.lowlevel.wait_readable(self._poll.fileno())
                    continue
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
