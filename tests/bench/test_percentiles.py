"""Percentiles are measurements that were made, and a spread is the whole of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.percentiles import percentile, spread_of

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1)


def test_nothing_has_neither() -> None:
    assert percentile([], 0.5) is None
    assert spread_of([]) is None


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_the_least_that_so_many_do_not_exceed(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value


@given(VALUES, st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_enough_are_no_larger(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert found is not None
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6


@given(VALUES)
def test_a_spread_reaches_from_the_least_to_the_most(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread is not None
    assert (spread.least, spread.most) == (min(values), max(values))
    assert spread.least <= spread.median <= spread.most


def test_the_median_is_the_middle_one_or_between_the_middle_two() -> None:
    assert spread_of([3, 1, 2]) == (2, 1, 3)
    assert spread_of([4, 1, 2, 3]) == (2.5, 1, 4)
