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

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.limits import REWIND_S_MAX, STAMP_S_MAX
from protocol.messages import Inputs
from protocol.quantize import SEEN_MAX, SEEN_SCALE
from protocol.ticks import Rates

Ints = NDArray[np.int64]

PICTURE_INTERVALS: Final = 0.1
"""Drawn 0.6 snapshot intervals behind the newest snapshot's moment, which is half an interval old on average."""


NO_STAMP: Final = 0
_SEEN_BITS: Final = 16
_AGE_ZERO: Final = 1 << 32
"""Is added to an age, so that none is 0: that says that it isn't known."""
assert SEEN_MAX < 1 << _SEEN_BITS


def stamp_of(said: Inputs) -> int:
    """What `said` says of what its sender saw, as one integer: `seen`, and by how many ticks its last input is newer
    than the newest snapshot that the sender has, if it says which that is."""
    return stamp_from(said.first_tick + len(said.entries) - 1, said.applied, said.seen)


def stamp_from(last_tick: int, applied: int, seen: int) -> int:
    """The same of a message whose last input is for that tick."""
    return (last_tick - applied + _AGE_ZERO if applied else 0) << _SEEN_BITS | seen


def stamps_of(last_ticks: Ints, applied: Ints, seen: Ints) -> Ints:
    """The same of many messages at once."""
    return np.where(applied > 0, last_ticks - applied + _AGE_ZERO, 0) << _SEEN_BITS | seen


class Sight(Struct, frozen=True):
    """How many ticks before the tick of its input a player's picture is taken to have been."""

    ticks: float
    is_refused: bool = False
    """Whether what the player said can't be, or is too old."""


NOW: Final = Sight(0.0)


def sight_of(stamp: int, rtt_ms: int, late_ticks: int, rates: Rates) -> Sight:
    """Of the player whose input of this tick came with `stamp`, `late_ticks` after the tick that it was meant for."""
    age, seen = stamp >> _SEEN_BITS, stamp & (1 << _SEEN_BITS) - 1
    if not seen:
        return NOW
    ticks = late_ticks + seen / SEEN_SCALE
    believed = late_ticks + _believed_ticks(age, rtt_ms, rates)
    most = REWIND_S_MAX * rates.tick_rate
    if abs(ticks - believed) > STAMP_S_MAX * rates.tick_rate:
        return Sight(max(0.0, min(believed, most)), True)
    if ticks > most:
        return Sight(most, ticks - most >= rates.snapshot_interval)
    return Sight(ticks)


def _believed_ticks(age: int, rtt_ms: int, rates: Rates) -> float:
    picture_ticks = PICTURE_INTERVALS * rates.snapshot_interval
    if age:
        return age - _AGE_ZERO + picture_ticks
    return rtt_ms * rates.tick_rate / 1000.0 + picture_ticks
