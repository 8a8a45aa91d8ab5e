"""What a flock does: whoever is due lives its ticks, and its inputs are written as rows of one table, a frame each.

How late somebody was is told by the clock when its own frame has been written, and not when all of them were begun.
"""

from collections.abc import Callable
from random import Random

import numpy as np

from bots.flock.table import Ints, Table
from bots.outlet import write_each
from bots.pace import BEHIND_TICKS_MAX
from bots.tally import Gathering
from protocol.input_rows import EDGES, write
from protocol.quantize import SEEN_MAX, SEEN_SCALE

Think = Callable[[int, int], int]
"""(seat, tick): the input for that tick, packed."""
Post = Callable[[int, bytes], None]
"""(seat, frame): by its lane."""


class Hands:
    """Of a flock."""

    def __init__(
        self, table: Table, lateness_ms: Gathering, clock: Callable[[], float], think: Think, post: Post
    ) -> None:
        self._table, self._lateness_ms, self._clock = table, lateness_ms, clock
        self._think, self._post_one = think, post
        self._mask_bits = Random().getrandbits

    def live(self, due: Ints, now_s: float, wake_s: float) -> None:
        """Of these, who are due, each lives all ticks up to now."""
        table = self._table
        meant_s = np.maximum(table.due_s.take(due), wake_s)
        table.written_s[due] = -np.inf
        newest, ticks = table.leads.due(due, now_s), table.next_tick.take(due)
        behind = (newest - ticks > BEHIND_TICKS_MAX).nonzero()[0]
        if len(behind):
            self.post(due.take(behind), ticks.take(behind) - 1)
            ticks[behind] = newest.take(behind)
        seats = due
        while True:
            at = (ticks <= newest).nonzero()[0]
            if len(at) < len(seats):
                if not len(at):
                    break
                seats, ticks, newest = seats.take(at), ticks.take(at), newest.take(at)
            self._live(seats, ticks, now_s)
            ticks = ticks + 1
        table.schedule(due, -np.inf)
        written_s = table.written_s.take(due)
        written_s[np.isneginf(written_s)] = self._clock()
        self._lateness_ms.add((written_s - meant_s) * 1000.0)

    def _live(self, seats: Ints, ticks: Ints, now_s: float) -> None:
        """One tick of each."""
        table = self._table
        table.leads.took(seats, ticks, now_s)
        entries = table.held.take(seats)
        thinking = (table.think_tick.take(seats) <= ticks).nonzero()[0]
        if len(thinking):
            who, when = seats.take(thinking), ticks.take(thinking)
            decided = np.array([*map(self._think, who.tolist(), when.tolist())])
            entries[thinking], table.held[who] = decided, decided & ~EDGES
            table.think_tick[who] = when + table.think_ticks.take(who)
        count = table.count.take(seats)
        table.entries[count, seats] = entries
        count += 1
        table.count[seats], table.next_tick[seats] = count, ticks + 1
        full = (count >= table.together.take(seats)).nonzero()[0]
        if len(full):
            self.post(seats.take(full), ticks.take(full))

    def post(self, seats: Ints, newest: Ints) -> None:
        """Say the inputs that these have, up to each one's `newest` tick."""
        counts = self._table.count.take(seats)
        self._table.count[seats] = 0
        for count in {*counts.tolist()} - {0}:
            alike = (counts == count).nonzero()[0]
            self._post_alike(seats.take(alike), newest.take(alike), count)

    def _post_alike(self, seats: Ints, newest: Ints, count: int) -> None:
        """Say so many inputs of each."""
        table, applied = self._table, self._table.applied.take(seats)
        seen = np.minimum(np.maximum((newest - applied) * SEEN_SCALE, 1), SEEN_MAX)
        masks = np.frombuffer(self._mask_bits(32 * len(seats)).to_bytes(4 * len(seats), "little"), np.uint32)
        frames = write(newest - count + 1, table.entries[:count, seats], applied, seen, masks)
        length = len(frames) // len(seats)
        written_s, left = write_each(table.fds.take(seats).tolist(), frames, length, self._clock)
        table.sent_bytes[seats] += length
        table.written_s[seats] = written_s
        for at, written in left:
            seat = int(seats[at])
            table.sent_bytes[seat] -= length - written
            self._post_one(seat, frames[at * length + written : (at + 1) * length])
