"""The inputs of all players of a room, as columns: a thousand players cost a tick two dozen array operations.

Each player has a slot. Inputs for coming ticks stand in a ring, one row for each tick and one column for each slot, so
that what a tick takes lies side by side. Inputs, and what came with them, are integers (`protocol.input_rows`,
`stamps`). `take` is the rule for all of them; one player's side of it, and what arrives one by one, is
`inputs.InputBuffer`.

Whatever is in a slot is nothing once its player has gone.
"""

from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.input_rows import AIM, EDGES, PRESSES, One, Rows
from protocol.limits import INPUT_AHEAD_TICKS_MAX, INPUT_HOLD_TICKS_MAX
from protocol.ticks import Rates
from server.stamps import stamp_from, stamps_of
from server.statistics import RoomStatistics

RING_TICKS: Final = 128
assert RING_TICKS > INPUT_AHEAD_TICKS_MAX + 1 and RING_TICKS & (RING_TICKS - 1) == 0
NO_SLACK: Final = inf
"""No input came."""
NO_TICK: Final = -1

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_RING: Final = {"ticks": NO_TICK, "entries": 0, "stamps": 0, "arrived_s": 0.0}
_COLUMNS: Final = {
    "ack": 0,
    "newest": 0,
    "held": 0,
    "held_ticks": INPUT_HOLD_TICKS_MAX,
    "now": 0,
    "stamp": 0,
    "late_ticks": 0,
    "is_late": False,
    "late": 0,
    "late_stamp": 0,
    "slack_ms": NO_SLACK,
    "applied": 0,
    "heard_s": -inf,
    "tokens_back_s": -inf,
    "ships": 0,
    "eye_x": 0.0,
    "eye_y": 0.0,
}
"""What is in an empty slot."""


class InputTable:
    """Of one room, whose ticks are `tick_s` long and whose `statistics` count them. It grows as players come."""

    ticks: Ints
    """`(RING_TICKS, slots)`, as are the next three: for which tick the input there is; NO_TICK: there is none."""
    entries: Ints
    stamps: Ints
    arrived_s: Floats
    ack: Ints
    """`(slots,)`, as are all that follow: the newest tick that was simulated from an input of the player's own."""
    newest: Ints
    """The newest tick that an input has arrived for."""
    held: Ints
    """The last input, without its edges, and for how many ticks it has been held."""
    held_ticks: Ints
    now: Ints
    """The input of the tick that was taken last."""
    stamp: Ints
    """Of the message in which it came, and how long after its own tick it was taken."""
    late_ticks: Ints
    is_late: NDArray[np.bool_]
    """Whether there is an input whose tick has passed, and what it and its stamp are."""
    late: Ints
    late_stamp: Ints
    slack_ms: Floats
    """The tightest since it was last asked for; NO_SLACK when no input came."""
    applied: Ints
    """The newest snapshot that the client says it has."""
    heard_s: Floats
    """When the last message came that was read in bulk, and when its sender's tokens are back (`bucket`)."""
    tokens_back_s: Floats
    ships: Ints
    """The entity that the player steers; 0: none."""
    eye_x: Floats
    """Where it last looked from."""
    eye_y: Floats

    def __init__(self, statistics: RoomStatistics, tick_s: float = Rates().tick_s, slots: int = 16) -> None:
        self.statistics, self.tick_s = statistics, tick_s
        self.next_tick = 1
        """What will be gathered next, as each `take` sets it, or whoever fills the table of a room that goes on."""
        self.extent = 0
        """Every slot in use is before this one."""
        self.has_late = False
        """Whether `is_late` says so of any."""
        self._pressing: list[int] | None = None
        self._free: list[int] = []
        self._grow(slots)

    def _grow(self, slots: int) -> None:
        for names, shape in ((_RING, (RING_TICKS, slots)), (_COLUMNS, (slots,))):
            for name, empty in names.items():
                column = np.full(shape, empty)
                column[..., : self.extent] = getattr(self, name, column)[..., : self.extent]
                setattr(self, name, column)

    def add(self) -> int:
        """A slot for a newcomer."""
        if self._free:
            return self._free.pop()
        if self.extent == len(self.ack):
            self._grow(2 * self.extent)
        self.extent += 1
        return self.extent - 1

    def release(self, slot: int) -> None:
        """Its player has gone."""
        for name, empty in (_RING | _COLUMNS).items():
            getattr(self, name)[..., slot] = empty
        self._free.append(slot)

    def waiting(self, slot: int) -> int:
        """How many inputs of one wait for their ticks."""
        return int((self.ticks[:, slot] >= self.next_tick).sum())

    # what comes in -----------------------------------------------------------------------------------------

    def put(self, slots: Ints, rows: Rows, arrived_s: Floats) -> NDArray[np.bool_]:
        """Take what good rows say, one for each of `slots`, which are all different, as far as it needs no words: which
        have been taken. Those that are too far ahead are left as they are."""
        extra = len(rows.entries) - 1
        taken = np.asarray(rows.first_ticks <= self.next_tick + INPUT_AHEAD_TICKS_MAX - extra)
        taken &= rows.is_good
        first_ticks, entries, applied, seen = rows.first_ticks, rows.entries, rows.applied, rows.seen
        if np.count_nonzero(taken) < len(taken):
            slots, arrived_s, first_ticks = slots[taken], arrived_s[taken], first_ticks[taken]
            entries, applied, seen = entries[:, taken], applied[taken], seen[taken]
        stamps = stamps_of(first_ticks + extra, applied, seen)
        for n, entry in enumerate(entries):
            self._put(first_ticks + n, slots, entry, stamps, arrived_s)
        self.newest[slots] = np.maximum(self.newest.take(slots), first_ticks + extra)
        self.applied[slots], self.heard_s[slots] = applied, arrived_s
        return taken

    def _put(self, ticks: Ints, slots: Ints, entries: Ints, stamps: Ints, arrived_s: Floats) -> None:
        """One input of each."""
        is_late = ticks < self.next_tick
        if np.count_nonzero(is_late):
            self._put_late(ticks[is_late], slots[is_late], entries[is_late], stamps[is_late])
            in_time = ~is_late
            ticks, slots, entries = ticks[in_time], slots[in_time], entries[in_time]
            stamps, arrived_s = stamps[in_time], arrived_s[in_time]
        self._put_in(ticks, slots, entries, stamps, arrived_s)

    def _put_in(self, ticks: Ints, slots: Ints, entries: Ints, stamps: Ints, arrived_s: Floats) -> None:
        """One of each for a tick to come. The first that came for it stands."""
        cells = (ticks & RING_TICKS - 1) * self.ticks.shape[1]
        cells += slots
        known = self.ticks.take(cells) == ticks
        if np.count_nonzero(known):
            news = ~known
            ticks, cells, entries = ticks[news], cells[news], entries[news]
            stamps, arrived_s = stamps[news], arrived_s[news]
        for column, values in ((self.ticks, ticks), (self.entries, entries), (self.stamps, stamps)):
            column.reshape(-1)[cells] = values
        self.arrived_s.reshape(-1)[cells] = arrived_s

    def _put_late(self, ticks: Ints, slots: Ints, entries: Ints, stamps: Ints) -> None:
        """`put_late` of one of each."""
        news = ticks > self.ack.take(slots)
        ticks, slots, entries, stamps = ticks[news], slots[news], entries[news], stamps[news]
        self.statistics.inputs_late += len(slots)
        edges = np.where(self.is_late.take(slots), self.late.take(slots) & EDGES, 0)
        self.ack[slots], self.late[slots], self.late_stamp[slots] = ticks, entries | edges, stamps
        self.is_late[slots] = self.has_late = True
        slacks_ms = (ticks - self.next_tick) * self.tick_s * 1000.0
        self.slack_ms[slots] = np.minimum(self.slack_ms.take(slots), slacks_ms)

    def put_one(self, slot: int, said: One, arrived_s: float) -> bool:
        """`put` of one; whether it was taken."""
        first, entries = said.first_tick, said.entries
        last = first + len(entries) - 1
        if last > self.next_tick + INPUT_AHEAD_TICKS_MAX:
            return False
        stamp, ticks = stamp_from(last, said.applied, said.seen), self.ticks
        for tick, entry in enumerate(entries, first):
            at = tick & RING_TICKS - 1, slot
            if tick < self.next_tick:
                self.put_late(slot, tick, entry, stamp)
            elif ticks[at] != tick:
                ticks[at], self.entries[at], self.stamps[at], self.arrived_s[at] = tick, entry, stamp, arrived_s
        self.newest[slot] = max(self.newest[slot], last)
        self.applied[slot], self.heard_s[slot] = said.applied, arrived_s
        return True

    def put_late(self, slot: int, tick: int, entry: int, stamp: int) -> None:
        """One whose tick is before the next. If it is newer than all that were taken, it counts for the coming
        one, and the edges of any that it takes the place of, too."""
        if tick <= self.ack[slot]:
            return
        self.statistics.inputs_late += 1
        edges = int(self.late[slot]) & EDGES if self.is_late[slot] else 0
        self.ack[slot], self.late[slot], self.late_stamp[slot] = tick, entry | edges, stamp
        self.is_late[slot] = self.has_late = True
        self.slack_ms[slot] = min(self.slack_ms[slot], (tick - self.next_tick) * self.tick_s * 1000.0)

    # what a tick takes -------------------------------------------------------------------------------------

    def take(self, tick: int, now_s: float) -> None:
        """The inputs for `tick`, gathered at `now_s`, into `now`. Called once for each tick, in order."""
        self.next_tick, self._pressing = tick + 1, None
        slots, line = slice(self.extent), tick & RING_TICKS - 1
        found = self.ticks[line, slots] == tick
        if np.count_nonzero(found) == len(found) and not self.has_late:
            self._take_all(tick, line, now_s)
            return
        now, fresh = np.where(found, self.entries[line, slots], self.held[slots]), found
        if self.has_late:
            fresh = self._take_late(tick, found, now)
        np.copyto(self.ack[slots], tick, where=found)
        np.copyto(self.stamp[slots], self.stamps[line, slots], where=found)
        np.copyto(self.late_ticks[slots], 0, where=found)
        slack_ms = (now_s - self.arrived_s[line, slots]) * 1000.0
        np.minimum(self.slack_ms[slots], slack_ms, out=self.slack_ms[slots], where=found)
        count = int(np.count_nonzero(fresh))
        self.statistics.inputs += count
        if count < len(fresh):
            self._hold(~fresh, now)
        self.now[slots] = now
        now &= ~EDGES
        np.copyto(self.held[slots], now, where=fresh)
        np.copyto(self.held_ticks[slots], 0, where=fresh)

    def _take_all(self, tick: int, line: int, now_s: float) -> None:
        """The same where everybody's input has come in time: then nobody need be told apart."""
        slots = slice(self.extent)
        now = self.entries[line, slots]
        self.ack[slots], self.stamp[slots], self.late_ticks[slots] = tick, self.stamps[line, slots], 0
        slack_ms = now_s - self.arrived_s[line, slots]
        slack_ms *= 1000.0
        np.minimum(self.slack_ms[slots], slack_ms, out=self.slack_ms[slots])
        self.statistics.inputs += len(now)
        self.now[slots], self.held_ticks[slots] = now, 0
        np.bitwise_and(now, ~EDGES, out=self.held[slots])

    def _take_late(self, tick: int, found: NDArray[np.bool_], now: Ints) -> NDArray[np.bool_]:
        """Of whom an input has come whose tick has passed: its edges count now, and all of it if there is no other."""
        slots = slice(self.extent)
        is_late = self.is_late[slots].copy()
        self.is_late[slots] = self.has_late = False
        now |= np.where(is_late & found, self.late[slots] & EDGES, 0)
        alone = is_late & ~found
        np.copyto(now, self.late[slots], where=alone)
        np.copyto(self.stamp[slots], self.late_stamp[slots], where=alone)
        np.copyto(self.late_ticks[slots], tick - self.ack[slots], where=alone)
        return found | alone

    def _hold(self, missing: NDArray[np.bool_], now: Ints) -> None:
        """Nothing came of these: what they hold counts for some ticks, and then only where they aim."""
        slots = slice(self.extent)
        held_ticks = self.held_ticks[slots]
        self.statistics.inputs_missing += int((missing & (self.newest[slots] > 0)).sum())
        tired = missing & (held_ticks >= INPUT_HOLD_TICKS_MAX)
        np.copyto(now, now & AIM, where=tired)
        np.copyto(held_ticks, held_ticks + 1, where=missing & ~tired)
        np.copyto(self.late_ticks[slots], 0, where=missing)

    def pressing(self) -> list[int]:
        """The slots whose input of this tick has a button held, or pressed."""
        if self._pressing is None:
            self._pressing = (self.now[: self.extent] & PRESSES).nonzero()[0].tolist()
        return self._pressing

    def take_slacks_ms(self, slots: Ints) -> Floats:
        """The tightest slack of each since it was last asked for; NO_SLACK when no input came."""
        slacks_ms = self.slack_ms.take(slots)
        self.slack_ms[slots] = NO_SLACK
        return slacks_ms


def moves_of(packed: Ints) -> Ints:
    """`(n, 2)`: move_x and move_y."""
    moves = packed.astype("<i8", copy=False).view(np.int8).reshape(-1, 8)[:, :2].astype(np.int64)
    return np.asarray(moves)


def aims_of(packed: Ints) -> Ints:
    return packed >> 16 & 0xFFFF
