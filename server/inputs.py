"""One player's inputs, by tick: whatever arrives, exactly one comes out for each tick.

    on time       the tick has it
    late          its tick has passed: its newest values and every edge count for the coming tick
    missing       the last one is held, without its edges, up to INPUT_HOLD_TICKS_MAX; then neutral

With an input comes what its message said of its sender (`stamps`), which is read when it matters. An edge is never lost
and never repeated. Memory is bounded by INPUT_AHEAD_TICKS_MAX entries.

All inputs of a room are in one `InputTable`, and what comes out of it is its work. Here is one player's slot of it, and
what arrives one message at a time.
"""

from collections.abc import Sequence

import numpy as np

from protocol.errors import Code, Violation
from protocol.input_rows import pack, unpack
from protocol.limits import INPUT_AHEAD_TICKS_MAX
from protocol.motion import Input
from server.input_table import NO_SLACK, RING_TICKS, InputTable
from server.stamps import NO_STAMP
from server.statistics import RoomStatistics

__all__ = ["NO_SLACK", "InputBuffer", "SavedInputs"]

SavedInputs = tuple[int, int, tuple[int, int, int, int, int], int, tuple[float, float]]
"""An input buffer in a checkpoint: ack, newest, the fields of the input that is held, for how many ticks it has been,
and where its player looks from. It is plain, for a full room has a thousand of them and the tick waits."""


class InputBuffer:
    """The inputs of one player, in `table`; in one of its own, if there is none yet. `statistics` is the room's."""

    __slots__ = ("slot", "table")

    def __init__(self, statistics: RoomStatistics, table: InputTable | None = None) -> None:
        self.table = table or InputTable(statistics, slots=1)
        self.slot = self.table.add()

    def __len__(self) -> int:
        return self.table.waiting(self.slot)

    @property
    def ack(self) -> int:
        """The newest tick that was simulated from an input of the player's own."""
        return int(self.table.ack[self.slot])

    @property
    def newest(self) -> int:
        """The newest tick that an input has arrived for."""
        return int(self.table.newest[self.slot])

    @property
    def now(self) -> Input:
        """What was taken last."""
        return unpack(int(self.table.now[self.slot]))

    @property
    def stamp(self) -> int:
        """What the message in which the input came that was taken last, or is held, says of what its sender saw."""
        return int(self.table.stamp[self.slot])

    @property
    def late_ticks(self) -> int:
        """How long after its tick that was taken."""
        return int(self.table.late_ticks[self.slot])

    @property
    def applied(self) -> int:
        """The newest snapshot that the client says it has."""
        return int(self.table.applied[self.slot])

    @applied.setter
    def applied(self, tick: int) -> None:
        self.table.applied[self.slot] = tick

    @property
    def eye(self) -> tuple[float, float]:
        """Where the player last looked from."""
        return float(self.table.eye_x[self.slot]), float(self.table.eye_y[self.slot])

    @eye.setter
    def eye(self, place: tuple[float, float]) -> None:
        self.table.eye_x[self.slot], self.table.eye_y[self.slot] = place

    def release(self) -> None:
        """The player has gone; the slot is another's."""
        self.table.release(self.slot)

    def save(self) -> SavedInputs:
        """What outlasts the connection; inputs for ticks to come are sent again by whoever comes back."""
        table, slot = self.table, self.slot
        held = unpack(int(table.held[slot]))
        fields = held.move_x, held.move_y, held.aim, held.buttons, held.edges
        return int(table.ack[slot]), int(table.newest[slot]), fields, int(table.held_ticks[slot]), self.eye

    def restore(self, saved: SavedInputs) -> None:
        table, slot = self.table, self.slot
        table.ack[slot], table.newest[slot], held, table.held_ticks[slot], self.eye = saved
        table.held[slot] = table.now[slot] = pack(Input(*held))

    def put(self, first_tick: int, entries: Sequence[Input], now_s: float, stamp: int = NO_STAMP) -> None:
        """Take what arrived at `now_s`, in a message with `stamp`.

        Raises Violation when an entry is too far ahead; the entries before it are kept.
        """
        table, slot, next_tick = self.table, self.slot, self.table.next_tick
        newest = table.newest[slot]
        for tick, entry in enumerate(entries, first_tick):
            if tick >= next_tick:
                if tick > next_tick + INPUT_AHEAD_TICKS_MAX:
                    raise Violation(
                        Code.INPUT_TOO_FAR,
                        f"tick {tick} is more than {INPUT_AHEAD_TICKS_MAX} ticks ahead of {next_tick}",
                    )
                at = tick & RING_TICKS - 1, slot
                if table.ticks[at] != tick:
                    table.ticks[at], table.entries[at], table.stamps[at] = tick, pack(entry), stamp
                    table.arrived_s[at] = now_s
            else:
                table.put_late(slot, tick, pack(entry), stamp)
            if tick > newest:
                table.newest[slot] = newest = tick

    def take(self, tick: int, now_s: float) -> Input:
        """The input for `tick`, gathered at `now_s`. Once for each tick, in order; all in the table are taken."""
        self.table.take(tick, now_s)
        return self.now

    def take_slack_ms(self) -> float:
        """The tightest slack since the last call; NO_SLACK when no input came."""
        return float(self.table.take_slacks_ms(np.array([self.slot]))[0])
