"""Turns are evenly spaced and not too far off, and quotas are each address's own."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.net import turns
from server.net.turns import Quota, Turns


def test_who_comes_alone_need_not_wait() -> None:
    line = Turns(0.1)
    assert [line.take(now_s) for now_s in (5.0, 5.1, 7.0)] == [5.0, 5.1, 7.0]


def test_a_crowd_stands_in_line_as_it_came() -> None:
    line = Turns(0.1)
    assert [line.take(5.0) for _ in range(4)] == pytest.approx([5.0, 5.1, 5.2, 5.3])


def test_who_would_wait_too_long_hears_so_and_takes_no_turn() -> None:
    line = Turns(1.0, wait_s_max=2.0)
    assert [line.take(0.0) for _ in range(5)] == [0.0, 1.0, 2.0, None, None]
    assert line.take(1.0) == 3.0


@given(st.lists(st.floats(0.0, 0.05), max_size=200))
def test_no_two_begin_within_the_gap(pauses_s: list[float]) -> None:
    line, now_s, taken_s = Turns(0.01, wait_s_max=0.1), 0.0, list[float]()
    for pause_s in pauses_s:
        now_s += pause_s
        turn_s = line.take(now_s)
        if turn_s is not None:
            assert now_s <= turn_s <= now_s + 0.1
            taken_s.append(turn_s)
    assert all(later - earlier > 0.00999 for earlier, later in pairwise(taken_s))


def test_each_address_has_its_own_quota_and_a_new_one_after_a_while() -> None:
    quota = Quota(most=2, window_s=10.0)
    assert [quota.take("1.2.3.4", 0.0) for _ in range(3)] == [True, True, False]
    assert quota.take("1.2.3.5", 0.0)
    assert not quota.take("1.2.3.4", 9.9)
    assert quota.take("1.2.3.4", 10.0)


def test_nobody_in_particular_has_none() -> None:
    quota = Quota(most=1)
    assert all(quota.take("", 0.0) for _ in range(5))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CUSTOMERS_MAX", 10)
    quota = Quota()
    for number in range(35):
        assert quota.take(str(number), 0.0)
        assert len(quota) <= 10
