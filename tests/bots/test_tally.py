"""Measurements that add up."""

from math import isnan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bots.prediction import Reconciled
from bots.tally import GATHERED_MAX, Account, BotRates, Gathering, Percentiles, Spread, Tally

values = st.lists(st.integers(-1000, 1000), min_size=1)


def spread(numbers: list[int]) -> Spread:
    result = Spread(1.0)
    for number in numbers:
        result.add(number)
    return result


@given(values)
def test_percentiles_are_the_smallest_values_that_enough_dont_exceed(numbers: list[int]) -> None:
    found = spread(numbers).percentiles()
    for share, value in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99), (1.0, found.max)):
        assert value is not None
        assert sum(number <= value for number in numbers) >= share * len(numbers)
        assert sum(number < value for number in numbers) < share * len(numbers)


@given(values, values)
def test_the_sum_of_two_is_the_spread_of_all(some: list[int], others: list[int]) -> None:
    merged = spread(some)
    merged.merge(spread(others))
    assert merged == spread(some + others)


@given(values, st.integers(-1000, 1000))
def test_a_share_is_counted(numbers: list[int], edge: int) -> None:
    assert spread(numbers).share_below(edge) == sum(number < edge for number in numbers) / len(numbers)


def test_nothing_measured_is_none_not_zero() -> None:
    assert Spread(0.1).percentiles() == Percentiles(None, None, None, None)
    assert Spread(0.1).share_below(0.0) == 0.0


def test_reconciliations_add_up_across_processes() -> None:
    one, other = Tally(), Tally()
    one.count_reconciled(Reconciled())
    one.count_reconciled(Reconciled(0.5, 2.0, 1.0, 11, 3, 1))
    other.count_reconciled(Reconciled(0.0, 4.0, 0.0, 9, 2, 2))
    one.merge(other)
    assert (one.replayed_ticks, one.bodies_left_out) == (20, 3)
    spreads = (one.prediction_error_units, one.surprise_units, one.correction_units)
    assert [(spread.total(), spread.percentiles().max) for spread in spreads] == [(2, 0.5), (2, 4.0), (2, 1.0)]


class Wire:
    def __init__(self) -> None:
        self.received_bytes = 1000
        self.sent_bytes = 500


def test_an_account_counts_what_came_while_it_was_open() -> None:
    account, wire = Account(), Wire()
    assert account.rates(5.0) is None
    account.open(wire, 10.0)
    wire.received_bytes, wire.sent_bytes, account.snapshots = 3000, 1500, 60
    assert account.rates(12.0) == BotRates(30.0, 1000.0, 500.0)
    account.close(12.0)
    account.open(Wire(), 20.0)
    account.snapshots += 60
    assert account.rates(22.0) == BotRates(30.0, 500.0, 250.0)
    account.close(22.0)
    account.close(23.0)
    assert account.rates(30.0) == BotRates(30.0, 500.0, 250.0)
    assert not account.is_open


def test_tallies_of_processes_add_up() -> None:
    one, other = Tally(), Tally()
    one.rtt_ms.add(1.0)
    other.rtt_ms.add(3.0)
    one.count_end("1006 it broke", 1)
    other.count_end("1006 it broke", 2)
    one.cpu_share_max, other.cpu_share_max = 0.2, 0.7
    one.checksum_mismatches, other.checksum_mismatches = 1, 2
    account = Account()
    account.open(Wire(), 0.0)
    one.sum_up([account, Account()], 10.0)
    other.sum_up([account], 10.0)
    one.merge(other)
    assert (one.bots, one.connected, len(one.rates)) == (3, 2, 2)
    assert one.disconnects == {"1006 it broke": 3}
    assert one.cpu_share_max == 0.7
    assert one.checksum_mismatches == 3
    assert one.rtt_ms.total() == 2


@given(st.lists(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=20), max_size=5))
def test_what_is_gathered_is_what_is_added_one_by_one(measured: list[list[float]]) -> None:
    together, alone = Spread(0.1), Spread(0.1)
    gathering = Gathering(together)
    for values in measured:
        gathering.add(np.array(values, dtype=np.float64))
        for value in values:
            if not isnan(value):
                alone.add(value)
    gathering.sum_up()
    assert together == alone


def test_what_is_gathered_is_bounded() -> None:
    spread = Spread(1.0)
    gathering = Gathering(spread)
    for _ in range(3):
        gathering.add(np.zeros(GATHERED_MAX // 2 + 1))
    assert spread.total() > GATHERED_MAX
