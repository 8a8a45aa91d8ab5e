"""A pass is good for one seat in one room, once, and for a while."""

import pytest

from server.cluster import passes as module
from server.cluster.passes import Passes


@pytest.fixture
def giver() -> Passes:
    passes = Passes()
    passes.take_key(bytes(32))
    return passes


@pytest.fixture
def taker() -> Passes:
    passes = Passes()
    passes.take_key(bytes(32))
    return passes


def test_what_one_gives_the_other_takes_once(giver: Passes, taker: Passes) -> None:
    token = giver.give("s1", "pit", 1_000.0)
    assert taker.redeem(token, "belt", 900.0) is None
    assert taker.redeem(token, "pit", 900.0) == "s1"
    assert taker.redeem(token, "pit", 900.0) is None


def test_one_that_is_too_old_or_of_another_key_is_worth_nothing(giver: Passes, taker: Passes) -> None:
    token = giver.give("s1", "pit", 1_000.0)
    assert taker.redeem(token, "pit", 2_000.0) is None
    assert taker.redeem("rubbish", "pit", 900.0) is None
    taker.take_key(bytes([1] * 32))
    assert taker.redeem(token, "pit", 900.0) is None


def test_before_there_was_a_key_there_are_none(taker: Passes) -> None:
    young = Passes()
    assert young.give("s1", "pit", 1_000.0) == ""
    assert young.redeem("anything", "pit", 900.0) is None
    assert taker.redeem("", "pit", 900.0) is None


def test_what_was_redeemed_is_remembered_up_to_a_bound(
    giver: Passes, taker: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REDEEMED_MAX", 2)
    tokens = [giver.give(f"s{number}", "pit", 1_000.0) for number in range(4)]
    assert [taker.redeem(token, "pit", 900.0) for token in tokens] == ["s0", "s1", "s2", "s3"]
    assert [taker.redeem(token, "pit", 900.0) for token in tokens[2:]] == [None, None]
    assert len(taker._redeemed) == 2
