"""The tick: rates that fit together, and durations in whole ticks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.ticks import Rates


def test_sixty_ticks_and_thirty_snapshots_unless_told_otherwise() -> None:
    rates = Rates()
    assert (rates.tick_rate, rates.snapshot_rate, rates.snapshot_interval) == (60, 30, 2)
    assert rates.tick_s == 1 / 60


@pytest.mark.parametrize(("tick_rate", "snapshot_rate"), [(1, 1), (240, 240), (240, 1), (120, 20), (60, 60)])
def test_rates_that_fit_together(tick_rate: int, snapshot_rate: int) -> None:
    rates = Rates(tick_rate, snapshot_rate)
    assert rates.snapshot_interval * snapshot_rate == tick_rate


@pytest.mark.parametrize(
    ("tick_rate", "snapshot_rate", "sentence"),
    [
        (60, 0, "1 <= snapshot_rate"),
        (0, 0, "1 <= snapshot_rate"),
        (30, 60, "snapshot_rate <= tick_rate"),
        (241, 1, "<= 240"),
        (60, 45, "tick_rate 60 must be a multiple of snapshot_rate 45"),
    ],
)
def test_rates_that_do_not_are_refused_with_a_sentence(tick_rate: int, snapshot_rate: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Rates(tick_rate, snapshot_rate)


@pytest.mark.parametrize(
    ("seconds", "ticks"), [(0.0, 1), (0.001, 1), (1.0, 60), (2.0, 120), (1.99, 119), (1.5, 90), (0.175, 11)]
)
def test_a_duration_is_its_nearest_number_of_ticks_and_never_none(seconds: float, ticks: int) -> None:
    assert Rates().ticks_in(seconds) == ticks


@given(rate=st.integers(1, 240), seconds=st.floats(0, 3600))
def test_a_duration_is_at_most_half_a_tick_off(rate: int, seconds: float) -> None:
    rates = Rates(rate, 1)
    ticks = rates.ticks_in(seconds)
    assert ticks == 1 or abs(ticks * rates.tick_s - seconds) <= rates.tick_s / 2 + 1e-9
