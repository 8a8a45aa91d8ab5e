"""Reads what is ready of all lanes of a process in one go, from one task.

A task for each connection costs a wake-up, two system calls and a schedule for each message, which is more than the
message itself. Here one selector watches all sockets, and one sweep reads each ready one once. A sweep begins when
something is ready, but not sooner than `GAP_S` after the last: hundreds of snapshots of one tick come in one sweep.
Whoever measures how soon an answer comes lets no such gap in (`sweep_every`): each answer would wait for half of it.

What one connection has brought is its reader's. But hundreds of bots that cost little are told much the same at once:
what the connections of such have brought, of those that wait for nothing else, is laid in a tray, and settled in bulk.

There is one `Sweep` for each run of trio; it starts with the first lane. Its clients must not raise: what goes wrong
with one connection is told to whoever runs that connection (see `Lane`), and not to the others.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum, auto
from math import inf
from typing import Final, NamedTuple, Protocol

import trio

from protocol.metronome import Alarm
from protocol.per_run import OnePerRun
from protocol.polls import Ready, poll_by_levels

GAP_S: Final = 0.004
"""It bounds the wake-ups per second, and what a round trip may seem longer than it is."""
TOGETHER_S: Final = 0.002
"""After so long, as far as can be told from the last time, the task lets others go first: the input clock above all."""
TOGETHER_MIN: Final = 16
TOGETHER_MAX: Final = 256
"""So many are read then, at the least and at the most."""
READ_BYTES_MAX: Final = 16384
"""What one connection may bring in one sweep."""
READ_BYTES: Final = 448
"""What is asked for at first, which is mostly all: Python has room for so little at hand."""


class Tray(Protocol):
    """Where what many connections have brought lies side by side: whose it is, by their seats, and what."""

    seats: list[int]
    received: list[bytes]

    def settle(self) -> None:
        """See to all that lies there, and to what came of it."""


class Feed(NamedTuple):
    """Of one connection into a tray."""

    tray: Tray
    seat: int
    take: Callable[[bytes], None]
    """Called at the end, with nothing."""


class Some(Enum):
    """How many of those that were ready have been read."""

    NONE = auto()
    ALL = auto()
    MORE = auto()
    """As many as are read together: there may be more."""


class Sweep:
    """All sockets that are read this way; `read` of each is called when it is ready.

    It may be called when there is nothing to read any more, or just after `remove`.
    """

    def __init__(self, gap_s: float = GAP_S) -> None:
        self.gap_s = gap_s
        self._poll = poll_by_levels()
        self._reads: dict[int, Callable[[], None]] = {}
        self._feeds: dict[int, Feed] = {}
        self._together = TOGETHER_MAX
        self._pause: Alarm | None = None
        """Over when there is to be another."""

    def add(self, fd: int, read: Callable[[], None]) -> None:
        self.remove(fd)  # a descriptor that was closed without a word may have come back as another socket's
        self._poll.register(fd)
        self._reads[fd] = read

    def remove(self, fd: int) -> None:
        """Idempotent."""
        self._feeds.pop(fd, None)
        if self._reads.pop(fd, None) is not None:
            with suppress(OSError, KeyError):  # closed already, and so forgotten by the kernel
                self._poll.unregister(fd)

    def feed(self, fd: int, feed: Feed | None) -> None:
        """What `fd`, which has been added, brings goes there from now on, and not to its reader; or no more."""
        if feed is None:
            self._feeds.pop(fd, None)
        else:
            self._feeds[fd] = feed

    def sweep(self) -> None:
        """Read some of what is ready now: whoever steps many bots calls for it after each step. Then there is no need
        to wake for it so soon."""
        if self._read_some() is not Some.MORE and self._pause is not None:
            self._pause.set(trio.current_time() + self.gap_s)

    async def run(self) -> None:
        """For ever."""
        self._pause = Alarm()
        try:
            while True:
                some = self._read_some()
                if some is Some.NONE:
                    await trio.lowlevel.wait_readable(self._poll.fileno())
                elif some is Some.MORE:
                    await trio.lowlevel.checkpoint()
                else:
                    await self._pause.wait(trio.current_time() + self.gap_s)
        finally:
            self._reads.clear()
            self._poll.close()

    def _read_some(self) -> Some:
        """How many of those that were ready."""
        together = self._together
        ready = self._poll.ready(together) if self._reads else []
        if not ready:
            return Some.NONE
        began_s = trio.current_time()
        self._read(ready)
        if len(ready) < TOGETHER_MIN:
            return Some.ALL
        took_s = trio.current_time() - began_s
        fitting = TOGETHER_S * len(ready) / took_s if took_s > 0.0 else inf
        self._together = int(min(max(fitting, TOGETHER_MIN), TOGETHER_MAX))
        return Some.MORE if len(ready) == together else Some.ALL

    def _read(self, ready: Sequence[Ready]) -> None:
        """Each once. What lies in trays afterwards is settled, so there is never more than one read of anybody's."""
        feeds, loaded = self._feeds, list[Tray]()
        for fd, _ in ready:
            feed = feeds.get(fd)
            if feed is None:
                if (read := self._reads.get(fd)) is not None:
                    read()
                continue
            try:
                received = os.read(fd, READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:  # reset, which is an end as well
                received = b""
            tray, seat, take = feed
            if len(received) == READ_BYTES:
                received += self._read_more(fd)
            if received:
                if not tray.seats:
                    loaded.append(tray)
                tray.seats.append(seat)
                tray.received.append(received)
            else:
                take(received)
        for tray in loaded:
            tray.settle()

    def _read_more(self, fd: int) -> bytes:
        """What is left of much; nothing, too, at the end, which is ready again."""
        try:
            return os.read(fd, READ_BYTES_MAX - READ_BYTES)
        except OSError:
            return b""


current_sweep = OnePerRun(Sweep)
"""This run's."""


def sweep_every(gap_s: float) -> None:
    """This run's is so fine from now on."""
    current_sweep().gap_s = gap_s
