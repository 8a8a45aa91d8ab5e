"""What is heard in bulk is heard in order, all of it, and the rest is handed back from where it begins."""

from collections.abc import Iterable, Sequence

import numpy as np

from bots.flock.ears import HEARD_AT_FIRST, HEARD_OF, Ears, News
from bots.flock.table import Table
from bots.tally import Gathering, Spread
from protocol.frames import header
from protocol.heads import NOTHING_NEAR, Heads, tail

UNREADABLE = b"\xc1"


def frame(tick: int, cells: bytes = b"", ack: int = 0, slack_ms: int = 5) -> bytes:
    heads = Heads(tick, [ack], [slack_ms], np.ones(1, dtype=bool), [4], [[1.0]] * 4, [2])
    message = heads[0] + NOTHING_NEAR + tail(0, b"") + cells
    return header(len(message)) + message


class Listening:
    """Ears, and what views there were told."""

    def __init__(self, seats: int = 3) -> None:
        self.told: list[tuple[int, int]] = []
        self.disagreements: list[tuple[int, list[int]]] = []
        self.wrong: list[int] = []
        self.table, self.intervals, self.slacks = Table(seats), Spread(0.1), Spread(1.0)
        self.gatherings = Gathering(self.intervals), Gathering(self.slacks)
        self.ears = Ears(self.table, *self.gatherings, lambda seat, cells: self.disagreements.append((seat, [*cells])))
        for seat in range(seats):
            self.table.leads.begin(seat, 30, 0.0)
            self.table.leads.start(seat, 100, 0.0, 10.0)
            self.table.snapshot_s[seat] = 10.0
            self.table.take_cells[seat] = self._taker(seat)

    def _taker(self, seat: int):  # type: ignore[no-untyped-def]  # a view's
        def take(tick: int, cells: bytes, left: Iterable[int]) -> Sequence[int]:
            if cells.endswith(UNREADABLE):
                raise ValueError("unreadable")
            self.told.append((seat, tick))
            return self.wrong

        return take


def test_several_of_one_seat_are_heard_one_after_the_other() -> None:
    here = Listening()
    rest = here.ears.take([2, 0], [frame(101, slack_ms=7) + frame(102, slack_ms=8), frame(101, slack_ms=9)], 10.05)
    assert (rest, here.told) == ([], [(2, 101), (2, 102), (0, 101)])
    rounds = [*here.ears.hear(10.05)]
    assert [sorted(steered.tolist()) for steered, _ in rounds] == [[0, 2], [2]]
    for gathering in here.gatherings:
        gathering.sum_up()
    assert here.slacks.counts == {7: 1, 8: 1, 9: 1}
    assert here.intervals.total() == 3
    assert here.table.snapshots.tolist() == [1, 0, 2]
    assert here.table.applied.tolist() == [101, 0, 102]
    assert here.ears.in_bulk == 3


def test_from_what_can_not_be_read_on_all_is_handed_back() -> None:
    here = Listening()
    odd = frame(102, UNREADABLE) + frame(103)
    assert here.ears.take([1, 0], [frame(101) + odd, frame(101)], 10.0) == [(1, odd)]
    assert here.told == [(1, 101), (0, 101)]
    assert here.table.received_bytes.tolist() == [len(frame(101)), len(frame(101)), 0]
    assert here.ears.in_bulk == 2


def test_what_is_no_snapshot_is_handed_back_whole() -> None:
    here, ping = Listening(), b"\x89\x00"
    assert here.ears.take([1], [frame(101) + ping], 10.0) == [(1, frame(101) + ping)]
    assert (here.told, here.table.received_bytes.sum(), [*here.ears.hear(11.0)]) == ([], 0, [])


def test_a_head_that_is_none_is_handed_back() -> None:
    here = Listening()
    bad = bytearray(frame(101))
    bad[4] ^= 1
    assert here.ears.take([1], [bytes(bad)], 10.0) == [(1, bytes(bad))]


def test_who_disagrees_is_named() -> None:
    here = Listening()
    here.wrong = [7]
    assert here.ears.take([2], [frame(101)], 10.0) == []
    assert here.disagreements == [(2, [7])]
    assert here.ears.in_bulk == 1


def test_what_came_the_usual_way_is_heard_as_well() -> None:
    here = Listening()
    here.ears.take([0], [frame(101)], 10.0)
    here.ears.take_one(0, 102, 0, None, 10.0)
    here.ears.take_one(1, 102, 0, 4, 10.0)
    assert [steered.tolist() for steered, _ in here.ears.hear(10.05)] == [[0, 1], [0]]
    assert (here.table.applied.tolist(), here.ears.one_by_one) == ([102, 102, 0], 2)


def test_after_a_while_one_of_some_steers() -> None:
    here, steered = Listening(1), 0
    for tick in range(101, 101 + HEARD_AT_FIRST + 10 * HEARD_OF):
        here.ears.take([0], [frame(tick)], 10.0 + (tick - 100) / 30)
        steered += sum(len(seats) for seats, _ in here.ears.hear(10.0 + (tick - 100) / 30))
    assert steered == HEARD_AT_FIRST + 10


def test_rounds_keep_everybodys_order() -> None:
    seats = np.array([3, 1, 3, 2, 1, 3])
    rounds = News(seats, np.arange(6), np.arange(6), np.arange(6.0), np.arange(6.0)).rounds()
    assert [one.seats.tolist() for one in rounds] == [[3, 1, 2], [3, 1], [3]]
    assert [one.ticks.tolist() for one in rounds] == [[0, 1, 3], [2, 4], [5]]
