"""Inputs of many clients, read in one go: from their frames into the table of their room, with no message in between.

A thousand players say the same thing thirty times a second, and what a message costs is the way that it takes: a dozen
calls, and as many objects that are nowhere near each other. What came since the last tick, and is of the one form that
this knows (`protocol.input_rows`), goes here. Everything else, and whatever there are words to be said about (a value
that isn't allowed, an input that is late or too far ahead, a message too many), goes the usual way, as if this weren't
here.

    feed      where the inputs of one connection may go; as long as its session plays, and nothing is half read
    batch     the frames of one length that have come since the last tick
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.input_rows import Rows, read, read_one
from server.bucket import take_many, take_one
from server.hearing import BURST, RATE
from server.input_table import Floats, InputTable, Ints
from server.statistics import Traffic

TOGETHER_MIN: Final = 12
"""Fewer of one room cost less one by one, and still need no message in between."""


class Feed(Struct, eq=False, frozen=True):
    """Of one connection."""

    table: InputTable
    slot: int
    traffic: Traffic


def take(feeds: Sequence[Feed | None], frames: Sequence[bytes], arrived_s: Sequence[float]) -> list[int]:
    """Put what `frames`, all of one length, say into the tables; which of them are left for the usual way."""
    by_table: dict[int, list[int]] = {}
    left = list[int]()
    for at, feed in enumerate(feeds):
        if feed is not None:
            by_table.setdefault(id(feed.table), []).append(at)
        else:
            left.append(at)
    for chosen in by_table.values():
        if len(chosen) < TOGETHER_MIN:
            left += [
                at for at in chosen if (feed := feeds[at]) is None or not _take_one(feed, frames[at], arrived_s[at])
            ]
            continue
        some = frames if len(chosen) == len(frames) else [frames[at] for at in chosen]
        times_s = np.array(arrived_s).take(chosen)
        taken = _take([feed for at in chosen if (feed := feeds[at]) is not None], some, times_s)
        left += [chosen[at] for at in (~taken).nonzero()[0].tolist()]
    return sorted(left)


def _take_one(feed: Feed, frame: bytes, arrived_s: float) -> bool:
    """The same of one frame: whether it has been taken."""
    table, slot, said = feed.table, feed.slot, read_one(frame)
    if said is None:
        return False
    is_fine, back_s = take_one(float(table.tokens_back_s[slot]), arrived_s, RATE, BURST)
    if not is_fine or not table.put_one(slot, said, arrived_s):
        return False
    table.tokens_back_s[slot] = back_s
    feed.traffic.received_messages += 1
    feed.traffic.received_bytes += len(frame)
    return True


def _take(feeds: Sequence[Feed], frames: Sequence[bytes], arrived_s: Floats) -> NDArray[np.bool_]:
    """Of one table: which have been taken."""
    table, traffic = feeds[0].table, feeds[0].traffic
    slots: Ints = np.array([feed.slot for feed in feeds])
    rows: Rows = read(b"".join(frames), len(frames))
    is_fine, back_s = take_many(table.tokens_back_s.take(slots), arrived_s, RATE, BURST)
    rows.is_good &= is_fine
    taken = table.put(slots, rows, arrived_s)
    table.tokens_back_s[slots[taken]] = back_s[taken]
    count = int(taken.sum())
    traffic.received_messages += count
    traffic.received_bytes += count * len(frames[0])
    return taken
