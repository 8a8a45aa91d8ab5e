"""The ticks of one player: when each is lived, in which its brain is asked, and which inputs ride one message."""

from typing import Final
from zlib import crc32

from bots.lead import Lead
from protocol.messages import Inputs
from protocol.motion import Input
from protocol.quantize import seen_to_wire
from protocol.ticks import Rates

THINK_INTERVAL_S: Final = 0.15
BEHIND_TICKS_MAX: Final = 10
"""A clock further behind (a process that was suspended) leaves the ticks between out."""


def think_ticks(tick_rate: int) -> int:
    """So many ticks after one another a brain is asked."""
    return max(1, int(THINK_INTERVAL_S * tick_rate))


def think_tick(name: str, next_tick: int, tick_rate: int) -> int:
    """The first in which it is; not all brains are asked at once."""
    return next_tick + crc32(name.encode()) % think_ticks(tick_rate)


class Pace:
    """From the start of its clock, `lead`, on."""

    def __init__(self, lead: Lead, name: str, rates: Rates, now_s: float, foresees: bool = True) -> None:
        """Who `foresees` lives each tick when it comes; who doesn't, all of a message when it must be sent."""
        self.lead = lead
        self.next_tick = int(lead.tick_at(now_s)) + 1
        self._think_ticks = think_ticks(rates.tick_rate)
        self._think_tick = think_tick(name, self.next_tick, rates.tick_rate)
        self._ticks_together = rates.snapshot_interval
        """Inputs of so many ticks ride one message, one for each snapshot."""
        self._foresees = foresees
        self._entries: list[Input] = []

    @property
    def tick(self) -> int:
        """The newest that has been lived."""
        return self.next_tick - 1

    @property
    def due_s(self) -> float:
        waits = 0 if self._foresees else self._ticks_together - len(self._entries) - 1
        return self.lead.when(self.next_tick + waits)

    def asks(self, tick: int) -> bool:
        """Whether the brain is to be asked in this one; it is, then."""
        if tick < self._think_tick:
            return False
        self._think_tick = tick + self._think_ticks
        return True

    def add(self, entry: Input) -> bool:
        """Live the next tick with this input; whether those that wait are as many as ride together."""
        self._entries.append(entry)
        self.next_tick += 1
        return len(self._entries) >= self._ticks_together

    def bundle(self, picture_tick: float, applied: int) -> Inputs | None:
        """What to say of the ticks up to the next, if there is anything, by the picture of so long ago."""
        if not self._entries:
            return None
        newest, entries, self._entries = self.next_tick - 1, self._entries, []
        return Inputs(newest - len(entries) + 1, entries, applied, seen_to_wire(newest - picture_tick))
