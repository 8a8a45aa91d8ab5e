"""What a player saw when it did something: what it says of that, and how far it is believed.

Each message of inputs is stamped with `seen`, how much older than each of its inputs' ticks the picture was. The server
has an estimate of its own: others are drawn PICTURE_INTERVALS behind the newest snapshot that the client has, and each
message says which that is (`applied`); of who doesn't say it, the round trip that it measured must do.

    no stamp                                   it looked at no picture: judged where things are
    more than STAMP_S_MAX from the estimate    refused: judged by the estimate
    older than REWIND_S_MAX                    judged at REWIND_S_MAX; refused, if older by a snapshot interval or more

Whoever holds back what it says of snapshots looks like one with a slow line, and gets what a slow line gets: a quarter
of a second at most, and its ship is still where its inputs come too late.
"""

from typing import Final

from msgspec import Struct

from protocol.limits import REWIND_S_MAX, STAMP_S_MAX
from protocol.messages import Inputs
from protocol.quantize import SEEN_SCALE
from protocol.ticks import Rates

PICTURE_INTERVALS: Final = 0.1
"""Drawn 0.6 snapshot intervals behind the newest snapshot's moment, which is half an interval old on average."""


class Sight(Struct, frozen=True):
    """How many ticks before the tick of its input a player's picture is taken to have been."""

    ticks: float
    is_refused: bool = False
    """Whether what the player said can't be, or is too old."""


NOW: Final = Sight(0.0)


def sight_of(said: Inputs | None, rtt_ms: int, late_ticks: int, rates: Rates) -> Sight:
    """Of the player whose input of this tick came with `said`, `late_ticks` after the tick that it was meant for."""
    if said is None or not said.seen:
        return NOW
    ticks = late_ticks + said.seen / SEEN_SCALE
    believed = late_ticks + _believed_ticks(said, rtt_ms, rates)
    most = REWIND_S_MAX * rates.tick_rate
    if abs(ticks - believed) > STAMP_S_MAX * rates.tick_rate:
        return Sight(max(0.0, min(believed, most)), True)
    if ticks > most:
        return Sight(most, ticks - most >= rates.snapshot_interval)
    return Sight(ticks)


def _believed_ticks(said: Inputs, rtt_ms: int, rates: Rates) -> float:
    picture_ticks = PICTURE_INTERVALS * rates.snapshot_interval
    if said.applied:
        return said.first_tick + len(said.entries) - 1 - said.applied + picture_ticks
    return rtt_ms * rates.tick_rate / 1000.0 + picture_ticks
