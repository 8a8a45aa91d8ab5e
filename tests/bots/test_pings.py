"""What a ping measures, and that those without an answer are forgotten."""

from bots.pings import PONG_S_MAX, Pings
from protocol.messages import Pong


def test_an_answer_measures_the_way_there_and_back_once() -> None:
    pings = Pings()
    asked = pings.ask(5.0, 0.0314)
    assert asked.rtt_ms == 31
    assert pings.answer(Pong(asked.nonce, 7), 5.125) == 0.125
    assert pings.answer(Pong(asked.nonce, 7), 5.25) is None


def test_what_is_never_answered_is_forgotten() -> None:
    pings = Pings()
    for second in range(60):
        pings.ask(float(second), 99.0)
    assert len(pings) == PONG_S_MAX
    pings.clear()
    assert len(pings) == 0
