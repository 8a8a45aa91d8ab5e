"""Lag: who is sent fewer snapshots and how many, when that is over, and when there is no hope. All in ticks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import BEHIND_S_MAX, LAG_S_MAX
from protocol.ticks import Rates
from server.lag import Lag

RATES = Rates(60, 30)
LAG_TICKS = RATES.ticks_in(LAG_S_MAX)
BEHIND_TICKS = RATES.ticks_in(BEHIND_S_MAX)


def run(lag: Lag, start: int, ticks: int, reading_delay: int | None = None) -> list[int]:
    """The ticks whose snapshots were sent to a client that reports each after so many ticks (None: never)."""
    sent: list[int] = []
    for tick in range(start, start + ticks, RATES.snapshot_interval):
        if reading_delay is not None and (read := [at for at in sent if at <= tick - reading_delay]):
            lag.applied = read[-1]
        lag.review(tick)
        if lag.is_due(tick):
            lag.send(tick)
            sent.append(tick)
    return sent


@pytest.mark.parametrize("delay", [0, 2, 12, LAG_TICKS])
def test_a_second_of_latency_is_no_lag(delay: int) -> None:
    lag = Lag(RATES)
    assert len(run(lag, 100, 6000, reading_delay=delay)) == 3000
    assert not lag.is_behind


def test_who_never_reports_is_judged_by_its_socket_alone() -> None:
    lag = Lag(RATES)
    assert len(run(lag, 100, 60_000)) == 30_000
    assert not lag.is_hopeless(60_100)


def test_a_report_of_an_earlier_connection_is_none() -> None:
    lag = Lag(RATES)
    lag.applied = 99
    assert len(run(lag, 100, 6000)) == 3000


def test_a_report_of_what_was_never_sent_is_of_no_consequence() -> None:
    lag = Lag(RATES)
    lag.applied = 2**31 - 1
    assert len(run(lag, 100, 6000)) == 3000


def test_the_farther_behind_the_fewer() -> None:
    lag = Lag(RATES)
    lag.applied = 100
    sent = run(lag, 100, 30 * 60)
    gaps = [later - sooner for sooner, later in pairwise(sent)]
    assert gaps == sorted(gaps)
    assert len(sent) < 45
    assert lag.is_behind
    assert not lag.is_hopeless(100 + 30 * 60)


def test_who_has_all_that_was_sent_is_behind_no_longer() -> None:
    lag = Lag(RATES)
    lag.applied = 100
    sent = run(lag, 100, 30 * 60)
    lag.applied = sent[-1]
    tick = 100 + 30 * 60
    assert lag.is_due(tick)
    assert not lag.is_behind
    lag.send(tick)
    assert lag.is_due(tick + 2), "the snapshot before was read half a minute late, and this one is not late yet"


def test_a_client_that_reads_slowly_is_sent_what_it_can_take() -> None:
    """It takes ten snapshots a second; so it is soon behind, and sent so few that it has nearly all of them."""
    lag, had = Lag(RATES), 0
    sent: list[int] = []
    for tick in range(100, 100 + 60 * 60, RATES.snapshot_interval):
        if tick % 6 == 0 and had < len(sent):
            lag.applied = sent[had]
            had += 1
        if tick % 30 == 0:
            lag.review(tick)
        if lag.is_due(tick):
            lag.send(tick)
            sent.append(tick)
    assert had > 500
    assert len(sent) - had < 40


def test_a_full_socket_is_behind_until_it_drains() -> None:
    lag = Lag(RATES)
    run(lag, 100, 20, reading_delay=2)
    for tick in range(120, 120 + BEHIND_TICKS, 2):
        lag.block(tick)
        assert not lag.is_hopeless(tick)
    assert lag.is_hopeless(120 + BEHIND_TICKS + 1)
    assert lag.is_due(120 + BEHIND_TICKS + 2)


def test_a_spectators_full_socket_is_forgotten_as_soon_as_it_drains() -> None:
    lag = Lag(RATES)
    lag.send(100)
    lag.block(102)
    assert lag.is_due(104)
    assert not lag.is_behind


def test_hopeless_is_who_lags_for_long_without_a_break() -> None:
    lag = Lag(RATES)
    lag.applied = 100
    run(lag, 100, LAG_TICKS + 10)
    start = 100 + LAG_TICKS + 2
    run(lag, start + 8, BEHIND_TICKS)
    assert not lag.is_hopeless(start + BEHIND_TICKS)
    assert lag.is_hopeless(start + BEHIND_TICKS + 1)
    lag.applied = lag.sent
    assert lag.is_due(start + BEHIND_TICKS + 2)
    assert not lag.is_hopeless(start + BEHIND_TICKS + 2)


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 2**31 - 1), st.booleans()), max_size=60))
def test_whatever_is_reported_nobody_is_starved_who_has_all_that_was_sent(steps: list[tuple[int, int, bool]]) -> None:
    lag, tick = Lag(RATES), 1
    for ticks, applied, blocked in steps:
        tick += ticks
        lag.applied = applied
        lag.review(tick)
        if blocked:
            lag.block(tick)
        elif lag.is_due(tick):
            lag.send(tick)
    lag.applied = lag.sent
    assert lag.is_due(tick + 1)
    assert not lag.is_behind


def test_who_has_been_sent_nothing_yet_is_not_behind() -> None:
    """A large welcome may fill its socket before the first snapshot."""
    lag = Lag(RATES)
    lag.block(100_000)
    assert lag.is_due(100_002)
    assert not lag.is_behind
