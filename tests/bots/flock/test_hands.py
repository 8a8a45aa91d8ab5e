"""Many who live their ticks together say what each of them would say alone."""

from collections import defaultdict

import numpy as np
import pytest
from msgspec.structs import astuple

from bots.flock.hands import Hands
from bots.flock.table import Table
from bots.lead import Lead
from bots.pace import Pace
from bots.tally import Gathering, Spread
from protocol.codec import CODECS
from protocol.frames import only_message
from protocol.input_rows import pack
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.ticks import Rates

SEATS = 3
CODEC = CODECS[SUBPROTOCOL_MSGPACK]


class Flying:
    """Some who have started, at moments of their own; all they say goes by their lanes."""

    def __init__(self, together: int, rate: int = 60) -> None:
        self.now_s, self.table, self.lateness = 10.0, Table(SEATS), Spread(0.1)
        self.said: defaultdict[int, list[Inputs]] = defaultdict(list)
        self.thought: list[tuple[int, int]] = []
        self.gathering = Gathering(self.lateness)
        self.hands = Hands(self.table, self.gathering, lambda: self.now_s, self._think, self._post)
        self.paces = []
        for seat in range(SEATS):
            lead = Lead(rate, 0.3 * seat)
            lead.start(100, 0.01, self.now_s)
            self.paces.append(Pace(lead, "", Rates(rate, rate // together), self.now_s, foresees=False))
            self.table.leads.begin(seat, rate, 0.3 * seat)
            self.table.leads.start(seat, 100, 0.01, self.now_s)
            self.table.next_tick[seat] = self.table.think_tick[seat] = self.paces[seat].next_tick
            self.table.together[seat], self.table.think_ticks[seat], self.table.applied[seat] = together, 4, 100
        self.seats = np.arange(SEATS)
        self.table.schedule(self.seats, self.now_s)

    def _think(self, seat: int, tick: int) -> int:
        self.thought.append((seat, tick))
        return pack(decided(seat, tick))

    def _post(self, seat: int, frame: bytes) -> None:
        plain = only_message(frame, 125)
        message = None if plain is None else CODEC.decode_client(plain)
        assert isinstance(message, Inputs)
        self.said[seat].append(message)

    def step(self, now_s: float) -> None:
        self.now_s = now_s
        due = (self.table.due_s <= now_s).nonzero()[0]
        if len(due):
            self.hands.live(due, now_s, -np.inf)


def decided(seat: int, tick: int) -> Input:
    return Input(seat, -seat, tick % 1000, Button.FIRE, Button.FIRE)


@pytest.mark.parametrize("together", [1, 2])
def test_they_say_an_input_for_every_tick_and_so_many_together(together: int) -> None:
    flying = Flying(together)
    for step in range(100):
        flying.step(10.0 + step * 0.004)
    for seat in range(SEATS):
        ticks = [said.first_tick + n for said in flying.said[seat] for n in range(len(said.entries))]
        assert ticks == list(range(flying.paces[seat].next_tick, flying.paces[seat].next_tick + len(ticks)))
        assert len(ticks) >= 20
        assert {len(said.entries) for said in flying.said[seat]} == {together}
        assert {said.applied for said in flying.said[seat]} == {100}


def test_a_press_is_said_once_and_what_is_held_until_it_thinks_again() -> None:
    flying = Flying(1)
    for step in range(60):
        flying.step(10.0 + step * 0.004)
    for seat in range(SEATS):
        first = flying.paces[seat].next_tick
        entries = [said.entries[0] for said in flying.said[seat]]
        for at, entry in enumerate(entries):
            asked = decided(seat, first + at - at % 4)
            assert astuple(entry) == (*astuple(asked)[:4], 0 if at % 4 else asked.edges)
        assert [tick for one, tick in flying.thought if one == seat] == list(range(first, first + len(entries), 4))


def test_they_are_due_when_each_would_be_alone() -> None:
    flying = Flying(2)
    assert flying.table.due_s.tolist() == pytest.approx([pace.due_s for pace in flying.paces])


def test_how_late_each_was_is_told_when_it_has_been_said() -> None:
    flying = Flying(1)
    due_s = float(flying.table.due_s.max())
    flying.step(due_s + 0.002)
    flying.gathering.sum_up()
    assert flying.lateness.total() == SEATS
    assert min(flying.lateness.counts) >= 19, "the latest is two milliseconds late, and the others are more"


def test_after_a_suspension_the_ticks_between_are_left_out() -> None:
    flying = Flying(1)
    flying.step(10.1)
    said = len(flying.said[0])
    flying.step(10.45)
    assert len(flying.said[0]) == said + 1
    assert flying.said[0][-1].first_tick > flying.said[0][-2].first_tick + 10


def test_what_waits_can_be_said_before_it_is_whole() -> None:
    flying = Flying(2)
    flying.table.count[:] = [1, 0, 1]
    flying.table.entries[0] = pack(Input(5))
    flying.hands.post(flying.seats, flying.table.next_tick.take(flying.seats) - 1)
    assert {seat: [len(one.entries) for one in said] for seat, said in flying.said.items()} == {0: [1], 2: [1]}
    assert not flying.table.count.any()
