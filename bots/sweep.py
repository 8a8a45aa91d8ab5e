"""Reads what is ready of all lanes of a process in one go, from one task.

A task for each connection costs a wake-up, two system calls and a schedule for each message, which is more than the
message itself. Here one selector watches all sockets, and one sweep reads each ready one once. A sweep begins when
something is ready, but not sooner than `GAP_S` after the last: hundreds of snapshots of one tick come in one sweep.
Whoever measures how soon an answer comes lets no such gap in (`sweep_every`): each answer would wait for half of it.

There is one `Sweep` for each run of trio; it starts with the first lane. Its clients must not raise: what goes wrong
with one connection is told to whoever runs that connection (see `Lane`), and not to the others.
"""

import selectors
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import trio

GAP_S: Final = 0.004
"""It bounds the wake-ups per second, and what a round trip may seem longer than it is."""
READS_TOGETHER: Final = 64
"""After so many, about a millisecond's worth, the task lets others go first: the input clock above all."""


class Sweep:
    """All sockets that are read this way; `read` of each is called when it is ready.

    It may be called when there is nothing to read any more, or just after `remove`.
    """

    def __init__(self, gap_s: float = GAP_S) -> None:
        self.gap_s = gap_s
        self._selector = selectors.DefaultSelector()

    def add(self, fd: int, read: Callable[[], None]) -> None:
        self.remove(fd)  # a descriptor that was closed without a word may have come back as another socket's
        self._selector.register(fd, selectors.EVENT_READ, read)

    def remove(self, fd: int) -> None:
        """Idempotent."""
        with suppress(KeyError):
            self._selector.unregister(fd)

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                await trio.lowlevel.wait_readable(self._selector)
                ready = self._selector.select(0)
                for at in range(0, len(ready), READS_TOGETHER):
                    for key, _ in ready[at : at + READS_TOGETHER]:
                        key.data()
                    await trio.lowlevel.checkpoint()
                await trio.sleep(self.gap_s)
        finally:
            self._selector.close()


_current: trio.lowlevel.RunVar[Sweep | None] = trio.lowlevel.RunVar("sweep of the bots", None)


def current_sweep() -> Sweep:
    """This run's."""
    current = _current.get()
    if current is None:
        current = Sweep()
        _current.set(current)
        trio.lowlevel.spawn_system_task(current.run)
    return current


def sweep_every(gap_s: float) -> None:
    """This run's is so fine from now on."""
    current_sweep().gap_s = gap_s
