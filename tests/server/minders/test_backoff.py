"""Pauses grow to a limit, and begin anew after something worked."""

from server.minders.backoff import Backoff


def test_pauses_double_up_to_the_most() -> None:
    pause = Backoff(0.5, 3.0)
    assert [pause.take_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_they_begin_anew() -> None:
    pause = Backoff(0.5, 3.0)
    pause.take_s()
    pause.take_s()
    pause.reset()
    assert pause.take_s() == 0.5
