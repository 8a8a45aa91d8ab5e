"""Ticks come one after the other, brains are asked now and then, and inputs ride together."""

from itertools import pairwise

from bots.lead import Lead
from bots.pace import Pace, think_tick, think_ticks
from protocol.motion import Input
from protocol.ticks import Rates


def pace_at(foresees: bool = True) -> Pace:
    lead = Lead(60)
    lead.start(100, 0.0, 10.0)
    return Pace(lead, "Ann", Rates(60, 30), 10.0, foresees)


def test_inputs_of_some_ticks_ride_one_message() -> None:
    pace = pace_at()
    first = pace.next_tick
    assert [pace.add(Input(move_x)) for move_x in (1, 2)] == [False, True]
    inputs = pace.bundle(first - 2.0, 99)
    assert inputs is not None
    assert (inputs.first_tick, [entry.move_x for entry in inputs.entries], inputs.applied) == (first, [1, 2], 99)
    assert inputs.seen == 3 * 16
    assert pace.bundle(0.0, 99) is None
    assert pace.tick == first + 1


def test_who_does_not_foresee_is_due_when_a_message_is() -> None:
    eager, patient = pace_at(), pace_at(foresees=False)
    assert patient.due_s > eager.due_s
    patient.add(Input())
    eager.add(Input())
    assert patient.due_s == eager.due_s


def test_brains_are_asked_now_and_then_and_not_all_at_once() -> None:
    pace = pace_at()
    asked = [tick for tick in range(pace.next_tick, pace.next_tick + 60) if pace.asks(tick)]
    assert {later - earlier for earlier, later in pairwise(asked)} == {think_ticks(60)}
    assert len({think_tick(f"bot{n}", 7, 60) for n in range(40)}) > think_ticks(60) // 2
    assert think_ticks(1) == 1
