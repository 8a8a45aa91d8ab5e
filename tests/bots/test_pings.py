"""A round trip is from asking to the answer, and an answer that nobody waits for is none."""

from math import inf

from bots.pings import PING_INTERVAL_S, PONG_S_MAX, Pings
from bots.tally import Tally
from protocol.messages import Pong


def test_an_answer_is_a_round_trip_and_is_told_with_the_next_question() -> None:
    tally = Tally()
    pings = Pings(tally)
    asked = pings.ask(10.0)
    assert (asked.rtt_ms, pings.due_s) == (0, 10.0 + PING_INTERVAL_S)
    pings.take(Pong(asked.nonce, 7), 10.08)
    assert abs(pings.rtt_s - 0.08) < 1e-9
    assert pings.ask(11.0).rtt_ms == 80
    pings.take(Pong(asked.nonce, 7), 12.0)
    assert tally.rtt_ms.total() == 1, "the same answer twice"


def test_late_answers_and_those_of_another_connection_measure_nothing() -> None:
    tally = Tally()
    pings = Pings(tally)
    first = pings.ask(10.0)
    pings.ask(10.0 + PONG_S_MAX + 1)
    pings.take(Pong(first.nonce, 0), 10.0 + PONG_S_MAX + 2)
    second = pings.ask(30.0)
    pings.stop()
    pings.take(Pong(second.nonce, 0), 30.1)
    assert (tally.rtt_ms.total(), pings.rtt_s, pings.due_s) == (0, 0.0, inf)
