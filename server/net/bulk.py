"""Inputs of many clients, read in one go: from their frames into the table of their room, with no message in between.

A thousand players say the same thing thirty times a second, and what a message costs is the way that it takes: a dozen
calls, and as many objects that are nowhere near each other. What came since the last tick, and is of the one form that
this knows (`protocol.input_rows`), goes here. Everything else, and whatever there are words to be said about (a value
that isn't allowed, an input that is late or too far ahead, a message too many), goes the usual way, as if this weren't
here.

    feed      where the inputs of one connection may go; as long as its session plays, and nothing is half read
    tray      what waits for one table, and whose it may be
    batch     the frames of one length that have come since the last tick
"""

from itertools import repeat
from typing import Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from protocol.input_rows import read, read_one
from server.bucket import take_many, take_one
from server.hearing import BURST, RATE
from server.input_table import InputTable
from server.statistics import Traffic

TOGETHER_MIN: Final = 12
"""Fewer of one room cost less one by one, and still need no message in between."""
NO_SLOT: Final = -1


class Feed(Struct, eq=False, frozen=True):
    """Of one connection."""

    table: InputTable
    slot: int
    traffic: Traffic


class Batch(Struct):
    """Frames of one length, each from somebody else."""

    fds: list[int] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    arrived_s: list[float] = field(default_factory=list)


class Tray:
    """Of one table."""

    def __init__(self, table: InputTable, traffic: Traffic) -> None:
        self.table, self.traffic = table, traffic
        self.slots: dict[int, int] = {}
        """By descriptor, of those that are fed."""
        self.batches: dict[tuple[int, int], Batch] = {}
        """What waits, by how many of the same sender's wait before it, and by its length: taken in that order."""

    def take(self, batch: Batch) -> list[int]:
        """Put what its frames say into the table; which of them are left for the usual way: whatever isn't plain, or is
        of somebody who isn't fed any more."""
        if len(batch.fds) < TOGETHER_MIN:
            return self._take_few(batch)
        taken = self._take_many(batch)
        return [] if taken.all() else (~taken).nonzero()[0].tolist()

    def _take_few(self, batch: Batch) -> list[int]:
        three = zip(batch.fds, batch.frames, batch.arrived_s, strict=True)
        return [at for at, (fd, frame, came_s) in enumerate(three) if not self._take_one(fd, frame, came_s)]

    def _take_one(self, fd: int, frame: bytes, arrived_s: float) -> bool:
        """Whether it has been taken."""
        table, slot, said = self.table, self.slots.get(fd), read_one(frame)
        if said is None or slot is None:
            return False
        is_fine, back_s = take_one(float(table.tokens_back_s[slot]), arrived_s, RATE, BURST)
        if not is_fine or not table.put_one(slot, said, arrived_s):
            return False
        table.tokens_back_s[slot] = back_s
        self._count(1, len(frame))
        return True

    def _take_many(self, batch: Batch) -> NDArray[np.bool_]:
        """Which have been taken."""
        table, frames, count = self.table, batch.frames, len(batch.fds)
        slots = np.fromiter(map(self.slots.get, batch.fds, repeat(NO_SLOT)), np.int64, count)
        rows, arrived_s = read(b"".join(frames), count), np.array(batch.arrived_s)
        is_fine, back_s = take_many(table.tokens_back_s.take(slots), arrived_s, RATE, BURST)
        rows.is_good &= is_fine
        rows.is_good &= slots > NO_SLOT
        taken = table.put(slots, rows, arrived_s)
        if (fewer := int(np.count_nonzero(taken))) < count:
            slots, back_s, count = slots[taken], back_s[taken], fewer
        table.tokens_back_s[slots] = back_s
        self._count(count, count * len(frames[0]))
        return taken

    def _count(self, messages: int, received_bytes: int) -> None:
        self.traffic.received_messages += messages
        self.traffic.received_bytes += received_bytes
