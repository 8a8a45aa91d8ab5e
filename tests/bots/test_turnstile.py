"""A queue at the turnstile moves at its rate; without a queue nobody waits."""

from itertools import pairwise

from bots.turnstile import Turnstile


def test_a_crowd_is_let_in_at_an_even_rate() -> None:
    turnstile = Turnstile(50.0)
    turns_s = [turnstile.take_turn_s(7.0) for _ in range(1000)]
    assert turns_s[0] == 7.0
    assert all(later - earlier > 0.0199 for earlier, later in pairwise(turns_s))
    assert 26.9 < turns_s[-1] < 27.0


def test_who_comes_to_a_free_turnstile_goes_through() -> None:
    turnstile = Turnstile(2.0)
    assert [turnstile.take_turn_s(at_s) for at_s in (1.0, 1.1, 3.0)] == [1.0, 1.5, 3.0]
