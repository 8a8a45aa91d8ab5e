"""How far a player is believed in what it says it saw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import REWIND_S_MAX
from protocol.messages import Inputs
from protocol.motion import Input
from protocol.quantize import SEEN_SCALE, seen_to_wire
from protocol.ticks import Rates
from server.stamps import NO_STAMP, NOW, PICTURE_INTERVALS, Sight, sight_of, stamp_of, stamps_of
from tests.instruments import strategies as draw

RATES = Rates()
PICTURE_TICKS = PICTURE_INTERVALS * RATES.snapshot_interval
MOST = REWIND_S_MAX * RATES.tick_rate
rates = st.sampled_from([Rates(60, 30), Rates(60, 60), Rates(20, 20), Rates(120, 30)])


def said(seen_ticks: float, snapshot_ticks: int = 8, entries: int = 2) -> int:
    """The stamp of inputs up to tick 501, from one whose newest snapshot is `snapshot_ticks` older than that."""
    return stamp_of(Inputs(502 - entries, [Input()] * entries, 501 - snapshot_ticks, seen_to_wire(seen_ticks)))


def test_a_good_stamp_is_taken_at_its_word() -> None:
    assert sight_of(said(10.5), 0, 0, RATES) == Sight(10.5)
    assert sight_of(said(10.5, entries=1), 0, 0, RATES) == Sight(10.5)


def test_who_saw_nothing_is_judged_now() -> None:
    assert sight_of(NO_STAMP, 500, 0, RATES) == NOW
    assert sight_of(stamp_of(Inputs(500, [Input()], 490)), 500, 3, RATES) == NOW


def test_a_late_input_was_aimed_that_much_earlier() -> None:
    assert sight_of(said(10.5), 0, 3, RATES) == Sight(13.5)
    assert sight_of(said(10.5), 0, 7, RATES) == Sight(MOST, True)


@pytest.mark.parametrize(("seen_ticks", "is_refused"), [(15.0, False), (16.9, False), (17.0, True), (19.0, True)])
def test_what_is_too_old_by_less_than_a_snapshot_is_cut_and_not_refused(seen_ticks: float, is_refused: bool) -> None:
    """At 150 ms a screen is a quarter of a second behind the newest input, give or take a tick."""
    assert sight_of(said(seen_ticks, 12), 0, 0, RATES) == Sight(MOST, is_refused)


@pytest.mark.parametrize("snapshot_ticks", [16, 24, 60])
def test_what_is_too_old_is_judged_at_the_most(snapshot_ticks: int) -> None:
    """Honest, but on a slow line: at 400 ms it is always so."""
    assert sight_of(said(snapshot_ticks + 2.5, snapshot_ticks), 0, 0, RATES) == Sight(MOST, True)


def test_what_can_not_be_is_judged_by_the_estimate() -> None:
    estimate = 4 + PICTURE_TICKS
    assert sight_of(said(estimate + 11.9, 4), 0, 0, RATES) == Sight(MOST)
    assert sight_of(said(estimate + 12.5, 4), 0, 0, RATES) == Sight(estimate, True)
    assert sight_of(said(1, 15), 0, 0, RATES) == Sight(MOST, True)
    assert sight_of(said(6, -40), 0, 0, RATES) == Sight(0.0, True)


def test_who_says_nothing_of_snapshots_is_judged_by_its_round_trip() -> None:
    message = stamp_of(Inputs(500, [Input()], 0, seen_to_wire(14)))
    assert sight_of(message, 100, 0, RATES) == Sight(14)
    assert sight_of(stamp_of(Inputs(500, [Input()], 0, seen_to_wire(14.5))), 0, 0, RATES) == Sight(PICTURE_TICKS, True)
    assert sight_of(message, 900, 0, RATES) == Sight(MOST, True)


@given(
    st.builds(
        Inputs,
        st.integers(1, 5000),
        st.lists(draw.inputs, min_size=1, max_size=4),
        applied=st.integers(0, 6000),
        seen=st.integers(0, 65535),
    ),
    st.integers(0, 60_000),
    st.integers(0, 300),
    rates,
)
def test_whatever_is_said_nobody_is_judged_outside_the_limits(
    message: Inputs, rtt_ms: int, late_ticks: int, at: Rates
) -> None:
    sight = sight_of(stamp_of(message), rtt_ms, late_ticks, at)
    assert 0 <= sight.ticks <= REWIND_S_MAX * at.tick_rate
    if not sight.is_refused and message.seen:
        seen_ticks = late_ticks + message.seen / SEEN_SCALE
        assert sight.ticks == min(seen_ticks, REWIND_S_MAX * at.tick_rate)
        assert seen_ticks - sight.ticks < at.snapshot_interval


@given(
    st.lists(
        st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), st.integers(0, 65535)), min_size=1, max_size=9
    )
)
def test_many_stamps_are_what_each_is(messages: list[tuple[int, int, int]]) -> None:
    alone = [stamp_of(Inputs(tick, [Input()], applied, seen)) for tick, applied, seen in messages]
    assert stamps_of(*np.array(messages, dtype=np.int64).T).tolist() == alone
