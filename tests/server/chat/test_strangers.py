"""Everybody who is heard from elsewhere has one number here, and nobody else has it."""

from itertools import count

from server.chat.strangers import Strangers


def test_one_number_for_each_however_they_are_numbered_there() -> None:
    fresh = count(8)
    strangers = Strangers(lambda: next(fresh))
    ann, eve = strangers.number_of("a", 1), strangers.number_of("b", 1)
    assert (ann, eve) == (8, 9)
    assert (strangers.has(9), strangers.has(1)) == (True, False)
    assert (strangers.number_of("a", 1), strangers.number_of("a", 2), strangers.number_of("b", 1)) == (8, 10, 9)


def test_who_was_not_heard_for_longest_is_forgotten_first() -> None:
    fresh = count(1)
    strangers = Strangers(lambda: next(fresh), strangers_max=2)
    strangers.number_of("a", 1)
    strangers.number_of("a", 2)
    strangers.number_of("a", 1)
    strangers.number_of("a", 3)
    assert (len(strangers), strangers.number_of("a", 1), strangers.number_of("a", 2)) == (2, 1, 4)
