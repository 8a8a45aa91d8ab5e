"""The tick: the only clock that both ends share.

A tick is one step of the simulation, counted from the room's first. Whatever happens is said to happen
at a tick; seconds appear only where a person or a socket is concerned.
"""

from math import floor
from typing import Final

from msgspec import Struct

TICK_RATE_DEFAULT: Final = 60
SNAPSHOT_RATE_DEFAULT: Final = 30


class Rates(Struct, frozen=True):
    """How often a room thinks and how often it speaks, per second; the first is a multiple of the second."""

    tick_rate: int = TICK_RATE_DEFAULT
    snapshot_rate: int = SNAPSHOT_RATE_DEFAULT

    def __post_init__(self) -> None:
        if not 1 <= self.snapshot_rate <= self.tick_rate <= 240:
            raise ValueError("rates must hold 1 <= snapshot_rate <= tick_rate <= 240")
        if self.tick_rate % self.snapshot_rate:
            raise ValueError(f"tick_rate {self.tick_rate} must be a multiple of snapshot_rate {self.snapshot_rate}")

    @property
    def snapshot_interval(self) -> int:
        """Ticks from one snapshot to the next."""
        return self.tick_rate // self.snapshot_rate

    @property
    def tick_s(self) -> float:
        return 1.0 / self.tick_rate

    def ticks_in(self, seconds: float) -> int:
        """The nearest whole number of ticks in `seconds`, at least one."""
        return ticks_in(seconds, self.tick_rate)


def ticks_in(seconds: float, tick_rate: int) -> int:
    """The nearest whole number of ticks in `seconds`, at least one; a half is rounded up, as in every language."""
    return max(1, floor(seconds * tick_rate + 0.5))
