"""What is known of all players of a flock, side by side: every column has one item for each seat.

Whatever is in a seat is nothing once its player has left.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bots.lane import NO_FD
from bots.leads import Leads
from bots.slices import Slices
from protocol.input_rows import ENTRIES_MAX

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
TakeCells = Callable[[int, bytes, Iterable[int]], Sequence[int]]
"""(tick, cells, left): those in which one disagrees."""
NEVER_S = np.inf


def _nobody(tick: int, cells: bytes, left: Iterable[int]) -> Sequence[int]:
    raise ValueError("there is nobody in this seat")


class Table:
    """Of so many seats."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.leads = Leads(seats)
        self.take_cells: list[TakeCells] = [_nobody] * seats
        """Of each one's view."""
        self.newest: list[bytes | Slices | None] = [None] * seats
        """Of each one's newest snapshot the head, or all of it, if it came in bulk and its view has not been told."""
        self.huds: list[list[int] | None] = [None] * seats
        """The newest that came in bulk, if its view has not been told."""
        self.fds: Ints = np.full(seats, NO_FD, np.int64)
        """Where each one's frames are written; NO_FD: through its lane."""
        self.due_s: Floats = np.full(seats, NEVER_S)
        """When its next inputs are to be said."""
        self.ping_s: Floats = np.full(seats, NEVER_S)
        self.rtt_s: Floats = np.zeros(seats)
        self.snapshot_s: Floats = np.zeros(seats)
        """When the newest came."""
        self.written_s: Floats = np.zeros(seats)
        """When its inputs were said last."""
        self.heard: Ints = np.zeros(seats, np.int64)
        """How many snapshots its clock has seen."""
        self.applied: Ints = np.zeros(seats, np.int64)
        """The tick of the newest."""
        self.next_tick: Ints = np.zeros(seats, np.int64)
        """The first that has not been lived."""
        self.think_tick: Ints = np.zeros(seats, np.int64)
        self.think_ticks: Ints = np.ones(seats, np.int64)
        self.held: Ints = np.zeros(seats, np.int64)
        """Its stick, as `input_rows.pack` has it, while nothing is pressed anew."""
        self.entries: Ints = np.zeros((ENTRIES_MAX, seats), np.int64)
        """The inputs that are to be said together, and how many there are, and shall be."""
        self.count: Ints = np.zeros(seats, np.int64)
        self.together: Ints = np.ones(seats, np.int64)
        self.snapshots: Ints = np.zeros(seats, np.int64)
        """Since they were last noted down, as are the next two."""
        self.received_bytes: Ints = np.zeros(seats, np.int64)
        self.sent_bytes: Ints = np.zeros(seats, np.int64)

    def schedule(self, seats: Ints, now_s: float) -> None:
        """When these are due: all the ticks of a message when it must be sent, for nobody foresees."""
        ticks = self.next_tick.take(seats) + self.together.take(seats) - self.count.take(seats) - 1
        self.due_s[seats] = np.maximum(self.leads.when(seats, ticks), now_s)

    def empty(self, seat: int) -> None:
        """Its player has left."""
        self.take_cells[seat] = _nobody
        self.newest[seat] = self.huds[seat] = None
        self.fds[seat], self.due_s[seat], self.ping_s[seat] = NO_FD, NEVER_S, NEVER_S
        self.count[seat] = self.heard[seat] = self.held[seat] = 0
