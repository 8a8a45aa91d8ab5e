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
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

import trio

from protocol.input_rows import FRAME_BYTES, cut
from protocol.metronome import Alarm
from protocol.per_run import OnePerRun
from protocol.polls import IN, Ready, poll_by_edges
from server.net.bulk import Batch, Feed, Tray

READ_BYTES_MAX: Final = 16_384
"""What one connection may bring in one sweep, so that a flood delays nobody."""
READ_BYTES: Final = 448
"""What is asked for at first, which is mostly all: Python has room for so little at hand."""
MUCH_TOGETHER: Final = 2
"""So many are read to READ_BYTES_MAX in one go, and of the others what was asked for at first: to go through thousands
of frames takes milliseconds for each."""
GAP_TICKS: Final = 0.55
"""Between two sweeps; a little more than half, lest the second fall on the next tick's."""
GAP_S: Final = 0.01
"""The same, until a tick says how long it is."""
TOGETHER_S: Final = 0.001
"""After so long the task lets others go first: a tick that falls due need not wait for a thousand sockets."""
READS_TOGETHER: Final = 256
"""So many are read between two looks at the clock."""
ENDS_TOGETHER: Final = 8
"""So many hear of their end in one sweep, for each then has a fifth of a millisecond's work to do: when a thousand
vanish at once, those who are left play on."""

Take = Callable[[bytes, float], None]
"""Called with what was read, nothing at the end, and when, by trio's clock, the socket was found ready or a little
after."""


class Sweep:
    """All sockets that are read this way; `take` of each is called with what it has brought, and never awaits."""

    def __init__(self) -> None:
        self._poll = poll_by_edges()
        self._takes: dict[int, Take] = {}
        self._trays: dict[int, Tray] = {}
        """Of those that are fed."""
        self._tray_of: dict[int, Tray] = {}
        """By the identity of the table, while somebody is fed there."""
        self._loaded: list[Tray] = []
        """In which frames of inputs wait for the next tick."""
        self._waiting: dict[int, int] = {}
        """How many each has there."""
        self._again: set[int] = set()
        """Who may have more than was read, of which the poll won't tell again."""
        self._ended: dict[int, None] = {}
        """Whose end was read, and who hasn't heard of it, in that order."""
        self._gap_s = GAP_S
        self._pause: Alarm | None = None
        """Over when the next sweep may begin."""

    def add(self, fd: int, take: Take) -> None:
        self.remove(fd)  # a descriptor that was closed without a word may have come back as another socket's
        self._poll.register(fd)
        self._takes[fd] = take

    def remove(self, fd: int) -> None:
        """Idempotent."""
        self.feed(fd, None)
        self._again.discard(fd)
        self._ended.pop(fd, None)
        if self._takes.pop(fd, None) is not None:
            with suppress(OSError, KeyError):  # closed already, and so forgotten by the kernel
                self._poll.unregister(fd)

    def feed(self, fd: int, feed: Feed | None) -> None:
        """Inputs that `fd` brings may go there from now on; or no more."""
        if fd in self._waiting:
            self._settle()
        before = self._trays.get(fd)
        if before is not None and (feed is None or before.table is not feed.table):
            del self._trays[fd], before.slots[fd]
            if not before.slots:
                del self._tray_of[id(before.table)]
        if feed is not None:
            tray = self._tray_of.get(id(feed.table))
            if tray is None:
                tray = self._tray_of[id(feed.table)] = Tray(feed.table, feed.traffic)
            self._trays[fd], tray.slots[fd] = tray, feed.slot

    def sweep(self, now_s: float, gap_s: float | None = None) -> None:
        """Read every socket that is ready, once. From now on sweeps are `gap_s` apart, if that is told."""
        self._gap_s = gap_s or self._gap_s
        self._read(self._ready(), now_s)
        self._settle()
        self._part(now_s)
        if self._pause is not None:
            self._pause.set(now_s + self._gap_s)

    def _ready(self) -> list[Ready]:
        ready = self._poll.ready() if self._takes else []
        if self._again:
            ready += [(fd, IN) for fd in self._again.difference([fd for fd, _ in ready])]
            self._again.clear()
        return ready

    def _read(self, ready: Sequence[Ready], now_s: float) -> None:
        read, takes, trays, waiting, much = os.read, self._takes, self._trays, self._waiting, 0
        for fd, events in ready:
            tray = trays.get(fd)
            if tray is None and fd not in takes:  # it was removed by a take before it
                continue
            try:
                received = read(fd, READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                received = b""
            length = len(received)
            if length == READ_BYTES and much < MUCH_TOGETHER:
                received += self._read_more(fd)
                length = len(received)
                much += length > READ_BYTES
            if events != IN or length in (READ_BYTES, READ_BYTES_MAX):
                self._again.add(fd)
            if tray is not None and (frames := (received,) if length in FRAME_BYTES else cut(received)):
                before = waiting.get(fd, 0)
                for frame in frames:
                    length = len(frame)
                    batch = tray.batches.get((before, length)) or self._load(tray, before, length)
                    batch.fds.append(fd)
                    batch.frames.append(frame)
                    batch.arrived_s.append(now_s)
                    before += 1
                waiting[fd] = before
                continue
            if fd in waiting:  # one after the other
                self._settle()
            if not received:
                self._ended[fd] = None
                self._again.discard(fd)
            elif (take := takes.get(fd)) is not None:
                take(received, now_s)

    def _part(self, now_s: float) -> None:
        """Tell some of those that have ended."""
        for fd in [*islice(self._ended, ENDS_TOGETHER)]:
            if fd in self._ended:  # no take before it has removed it
                del self._ended[fd]
                self._takes[fd](b"", now_s)

    def _read_more(self, fd: int) -> bytes:
        """What is left of somebody who brings much; nothing, too, at the end and after a fault, which come again."""
        try:
            received = os.read(fd, READ_BYTES_MAX - READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            received = b""
        if not received:
            self._again.add(fd)
        return received

    def _load(self, tray: Tray, before: int, length: int) -> Batch:
        if not tray.batches:
            self._loaded.append(tray)
        batch = tray.batches[before, length] = Batch()
        return batch

    def _settle(self) -> None:
        """Give what waits to whom it is for; a feed may have ended meanwhile."""
        loaded = [(tray, [batch for _, batch in sorted(tray.batches.items())]) for tray in self._loaded]
        for tray in self._loaded:
            tray.batches.clear()
        self._loaded.clear()
        self._waiting.clear()
        for tray, batches in loaded:
            for batch in batches:
                for at in tray.take(batch):
                    if (take := self._takes.get(batch.fds[at])) is not None:
                        take(batch.frames[at], batch.arrived_s[at])

    async def run(self) -> None:
        """For ever."""
        self._pause = Alarm()
        try:
            while True:
                ready = self._ready()
                if not ready and not self._ended:
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
                self._part(now_s)
                await self._pause.wait(now_s + self._gap_s)
        finally:
            self._poll.close()


current_sweep = OnePerRun(Sweep)
"""This run's."""


def sweep(tick_s: float | None = None) -> None:
    """Read what has arrived so far. What a tick, which comes every `tick_s`, begins with."""
    current = current_sweep.there()
    if current is not None:
        current.sweep(trio.current_time(), tick_s and GAP_TICKS * tick_s)
