"""The most urgent of each cell first, within its budget; and the promise that nothing waits for ever."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.kinds import Kind
from server.changes import AGED_ERROR_MAX
from server.urgency import error_units_max, within_budget

wants = st.lists(st.tuples(st.floats(1, 100), st.integers(0, 3), st.integers(1, 40)), max_size=40)


def chosen(some: list[tuple[float, int, int]], bytes_max: int) -> list[int]:
    urgency, cells, costs = (np.array(column) for column in zip(*some, strict=True))
    fits = within_budget(urgency, cells.astype(np.int64), costs.astype(np.int64), bytes_max)
    return fits.nonzero()[0].tolist()


@given(wants.filter(bool), st.integers(10, 300))
def test_no_cell_spends_more_and_the_more_urgent_come_first(some: list[tuple[float, int, int]], bytes_max: int) -> None:
    kept = chosen(some, bytes_max)
    assert kept == sorted(set(kept))
    for cell in range(4):
        inside = [n for n in range(len(some)) if some[n][1] == cell]
        taken = [n for n in inside if n in kept]
        assert sum(some[n][2] for n in taken) <= bytes_max or len(kept) == len(some)
        left = [n for n in inside if n not in kept]
        if left and taken:
            assert min(some[n][0] for n in taken) >= max(some[n][0] for n in left)


@given(wants.filter(bool))
def test_what_fits_is_all_said(some: list[tuple[float, int, int]]) -> None:
    assert chosen(some, 40 * 40) == list(range(len(some)))


def test_a_cell_that_overflows_takes_nothing_from_the_others() -> None:
    some = [(9.0, 0, 60), (8.0, 0, 60), (7.0, 0, 10), (2.0, 1, 90)]
    assert chosen(some, 100) == [0, 3]


def test_a_budget_may_be_spent_to_the_last_byte() -> None:
    assert chosen([(9.0, 0, 60), (8.0, 0, 40), (7.0, 0, 1)], 100) == [0, 1]


@pytest.mark.parametrize("seed", range(3))
def test_in_a_crowd_that_never_rests_nobody_is_further_off_than_promised(seed: int) -> None:
    random, others, together, bytes_each = Random(seed), 99, 8, 10
    kind = Kind(name="mote", category="pickup", radius=1, mass=1, tolerance_units=1.0, tolerance_angle=64)
    stray_units_s, snapshot_rate = 300.0, 30
    wrong, rates = np.zeros(others + 1), np.array([random.uniform(0.1, 1) for _ in range(others + 1)])
    rates[0] = 1.0
    worst, cells = 0.0, np.zeros(others + 1, dtype=np.int64)
    for _ in range(400):
        wrong += rates * stray_units_s / snapshot_rate
        at = np.flatnonzero(wrong > kind.tolerance_units)
        costs = np.full(len(at), bytes_each)
        wrong[at[within_budget(wrong[at], cells[at], costs, together * bytes_each)]] = 0.0
        worst = max(worst, float(wrong.max()))
    promised = error_units_max(kind, stray_units_s, snapshot_rate, others, together)
    assert promised / 10 < worst <= promised


def test_the_promise_grows_with_the_crowd_and_shrinks_with_the_budget() -> None:
    kind: Any = Kind(name="mote", category="pickup", radius=1, mass=1)
    alone = error_units_max(kind, 300.0, 30, 0, 8)
    assert alone < error_units_max(kind, 300.0, 30, 50, 8) < error_units_max(kind, 300.0, 30, 100, 8)
    assert error_units_max(kind, 300.0, 30, 100, 16) < error_units_max(kind, 300.0, 30, 100, 8)


def test_the_promise_is_the_formula_at_the_top() -> None:
    kind: Any = Kind(name="mote", category="pickup", radius=1, mass=1, tolerance_units=0.5, tolerance_angle=64)
    jump = AGED_ERROR_MAX + 128 / 64
    growth = 300.0 / 30 / 0.5
    assert error_units_max(kind, 300.0, 30, 99, 8) == 0.5 * (1 + jump + (growth + 8) * 99 / 8)
