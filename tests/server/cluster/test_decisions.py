"""Whoever has heard the same holds the same, in whatever order it came; and the newest decision holds."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cluster.decisions import AHEAD_MS_MAX, LIFT_KEPT_MS, Decision, Decisions

NOW, HOUR = 1_800_000_000_000, 3_600_000
DECISIONS = st.builds(
    Decision,
    what=st.sampled_from(["ban", "mute"]),
    key=st.sampled_from(["subject:eve", "address:1.2.3.4", "address:1.2.3.4 eve"]),
    decided_ms=st.integers(NOW - 5, NOW + 5),
    until_ms=st.integers(NOW + 1, NOW + 4),
    is_lifted=st.booleans(),
)


def ban(key: str = "subject:eve", decided_ms: int = NOW, until_ms: int = NOW + HOUR) -> Decision:
    return Decision("ban", key, decided_ms, until_ms)


@given(st.lists(DECISIONS, max_size=12), st.integers())
def test_the_order_in_which_it_is_heard_makes_no_difference(told: list[Decision], seed: int) -> None:
    mixed = [*told, *told[:3]]
    Random(seed).shuffle(mixed)
    one, other = Decisions(), Decisions()
    for heard, process in ((told, one), (mixed, other)):
        for decision in heard:
            process.hear(decision, NOW)
    assert {decision.about: decision.rank for decision in one} == {one.about: one.rank for one in other}


@given(st.lists(DECISIONS, max_size=8), st.lists(DECISIONS, max_size=8))
def test_what_one_lacks_is_all_that_it_takes(here: list[Decision], there: list[Decision]) -> None:
    one, other = Decisions(), Decisions()
    for told, process in ((here, one), (there, other)):
        for decision in told:
            process.hear(decision, NOW)
    for decision in one.lacking(other, NOW):
        assert other.hear(decision, NOW), "and nothing beside it"
    for decision in other.lacking(one, NOW):
        assert one.hear(decision, NOW)
    assert not one.lacking(other, NOW)
    assert not other.lacking(one, NOW)


def test_a_lift_stands_against_what_it_lifted_and_a_later_ban_against_the_lift() -> None:
    known = Decisions()
    first = known.restrict("ban", "subject:eve", NOW + 72 * HOUR, "spam", NOW)
    lift = known.lift("ban", "subject:eve", NOW)
    assert lift.is_lifted
    assert lift.until_ms == first.until_ms > NOW + LIFT_KEPT_MS
    assert not known.hear(first, NOW)
    again = known.restrict("ban", "subject:eve", NOW + HOUR, "", NOW)
    assert again.rank > lift.rank > first.rank, "all of them in the same millisecond"
    assert list(known) == [again]


def test_a_lift_of_what_was_short_is_remembered_for_a_day() -> None:
    known = Decisions()
    known.restrict("mute", "subject:eve", NOW + 1000, "", NOW)
    assert known.lift("mute", "subject:eve", NOW).until_ms == NOW + LIFT_KEPT_MS


@pytest.mark.parametrize("hears_both", [True, False])
def test_what_was_made_shorter_is_not_brought_back_by_whoever_was_away_meanwhile(hears_both: bool) -> None:
    here, away, third = Decisions(), Decisions(), Decisions()
    long = here.restrict("ban", "subject:eve", NOW + 72 * HOUR, "spam", NOW)
    away.hear(long, NOW)
    short = here.restrict("ban", "subject:eve", NOW + HOUR, "sorry", NOW + 1)
    if hears_both:
        third.hear(short, NOW + 1)
        assert not third.hear(long, NOW + 2), "late"
        here = third
    assert not here.has_turned(NOW + HOUR - 1)
    assert list(here) == [short]
    assert here.has_turned(NOW + HOUR)
    assert not here.has_turned(NOW + HOUR)
    (lift,) = here.lacking([], NOW + HOUR)
    assert (lift.is_lifted, lift.decided_ms, lift.until_ms) == (True, short.decided_ms, long.until_ms)
    assert not here.hear(long, NOW + HOUR)
    assert away.hear(lift, NOW + HOUR)
    assert not here.lacking(away, NOW + HOUR)
    assert not here.lacking([], long.until_ms)
    assert not len(here)


def test_a_slow_clock_decides_all_the_same() -> None:
    known = Decisions()
    known.hear(ban(decided_ms=NOW + 1000), NOW)
    lift = known.lift("ban", "subject:eve", NOW)
    assert list(known) == [lift]


def test_what_stood_on_the_disk_is_older_than_anything() -> None:
    known = Decisions()
    known.recall("ban", "subject:eve", NOW + HOUR, "", NOW)
    assert known.hear(Decision("ban", "subject:eve", NOW - 9 * HOUR, NOW + HOUR, is_lifted=True), NOW)


def test_what_is_over_or_from_the_future_is_no_news() -> None:
    known = Decisions()
    assert not known.hear(ban(until_ms=NOW), NOW)
    assert not known.hear(ban(decided_ms=NOW + AHEAD_MS_MAX + 1), NOW)
    assert not len(known)


def test_there_are_only_so_many_and_those_that_are_over_make_room() -> None:
    known = Decisions(decisions_max=2)
    assert known.hear(ban("a"), NOW)
    assert known.hear(ban("b", until_ms=NOW + 1), NOW)
    assert not known.hear(ban("c"), NOW)
    assert known.hear(ban("c"), NOW + 1)
    assert {decision.key for decision in known} == {"a", "c"}
    known.restrict("ban", "d", NOW + HOUR, "", NOW)
    assert len(known) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        b'["kick", "subject:eve", 1, 2, false, ""]',
        b'["ban", "", 1, 2, false, ""]',
        b'["ban", "%s", 1, 2, false, ""]' % (b"k" * 1000),
        b'["ban", "k", -1, 2, false, ""]',
        b'["ban", "k", 1, 2, 1, ""]',
        b'["ban", "k", 1, 2, false, "%s"]' % (b"r" * 101),
        b'["ban", "k", 1, 2, false, "", 1]',
    ],
)
def test_what_is_no_decision_is_none(wrong: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(wrong, type=Decision)
