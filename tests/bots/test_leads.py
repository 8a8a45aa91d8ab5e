"""Clocks as columns show what clocks one by one show, whatever news they are told."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.lead import Lead
from bots.leads import Leads, OneLead

SEATS = 3
RATES = (30, 60, 20)
SPARE_TICKS = (0.0, 0.4, 0.9)


class News(NamedTuple):
    """What all are told after a while; who takes its inputs meanwhile; how each one's differ."""

    after_s: float
    behind_ticks: int
    ack_age_ticks: int
    slack_ms: float | None
    rtt_s: float
    of: frozenset[int]
    takes: bool


news = st.builds(
    News,
    st.sampled_from([0.0, 0.004, 1 / 30, 1 / 30, 1 / 30, 0.2, 0.7]),
    st.one_of(st.integers(0, 8), st.just(0), st.integers(-90, 200)),
    st.integers(-1, 6),
    st.one_of(st.none(), st.floats(-50.0, 150.0), st.floats(-3000.0, 3000.0)),
    st.sampled_from([0.0, 0.02, 0.3]),
    st.frozensets(st.integers(0, SEATS - 1), min_size=1),
    st.booleans(),
)
STEADY = [News(1 / 30, 3, 0, 40.0, 0.02, frozenset(range(SEATS)), True)] * 100
CHANGED = [News(1 / 30, 3, 0, 400.0, 0.02, frozenset(range(SEATS)), True)] * 30


@given(st.lists(news, max_size=150))
@example(STEADY)
@example(STEADY + CHANGED + STEADY)
@example(STEADY[:20] + CHANGED)
def test_many_clocks_are_told_the_same_and_show_the_same(told: Sequence[News]) -> None:
    now_s, leads = 100.0, Leads(SEATS)
    alone = [Lead(rate, spare) for rate, spare in zip(RATES, SPARE_TICKS, strict=True)]
    for seat, lead in enumerate(alone):
        leads.begin(seat, RATES[seat], SPARE_TICKS[seat])
        leads.start(seat, 1000 + seat, 0.02, now_s)
        lead.start(1000 + seat, 0.02, now_s)
    for one in told:
        now_s += one.after_s
        if one.takes:
            take(leads, alone, now_s)
        tell(leads, alone, one, now_s)
        compare(leads, alone, now_s)


def take(leads: Leads, alone: Sequence[Lead], now_s: float) -> None:
    """Each lives the tick that is due."""
    seats = np.arange(SEATS)
    dues = leads.due(seats, now_s)
    assert dues.tolist() == [lead.due(now_s) for lead in alone]
    leads.took(seats, dues, now_s)
    for lead, due in zip(alone, dues.tolist(), strict=True):
        lead.took(due, now_s)


def tell(leads: Leads, alone: Sequence[Lead], one: News, now_s: float) -> None:
    seats = np.array(sorted(one.of))
    ticks = [int(alone[seat].tick_at(now_s)) - one.behind_ticks for seat in seats]
    acks = [alone[seat].due(now_s) - one.ack_age_ticks for seat in seats]
    slacks_ms = np.full(len(seats), np.nan if one.slack_ms is None else one.slack_ms)
    rtts_s = np.full(len(seats), one.rtt_s)
    jumped = leads.heard(seats, np.array(ticks), np.array(acks), slacks_ms, rtts_s, now_s)
    for at, seat in enumerate(seats.tolist()):
        snaps = alone[seat].snaps
        alone[seat].heard(ticks[at], acks[at], one.slack_ms, one.rtt_s, now_s)
        assert jumped[at] == (alone[seat].snaps > snaps)


def compare(leads: Leads, alone: Sequence[Lead], now_s: float) -> None:
    for seat, lead in enumerate(alone):
        one = OneLead(leads, seat)
        assert one.tick_at(now_s) == pytest.approx(lead.tick_at(now_s), abs=1e-6)
        assert one.speed == pytest.approx(lead.speed)
        assert one.snaps == lead.snaps
        assert one.due(now_s) == lead.due(now_s)
        for ahead in (1, 7, 60):
            tick = lead.due(now_s) + ahead
            assert one.when(tick) == pytest.approx(lead.when(tick), abs=1e-6)
