"""The tick clock against a simulated server: latency, jitter, stalls, and a route that changes."""

from math import inf

import pytest

from bots.lead import DEAD_BAND_TICKS, GUARD_TICKS, SENSE_TICKS, SILENCE_S, SPEED_MAX, START_TICKS, Lead
from tests.instruments.rides import INTERVAL, TICK_RATE, jittery, ride


def started(tick: int = 100, rtt_s: float = 0.1, now_s: float = 7.0) -> Lead:
    lead = Lead(TICK_RATE)
    lead.start(tick, rtt_s, now_s)
    return lead


@pytest.mark.parametrize("latency_ms", [0, 5, 20, 100, 250])
def test_it_holds_the_guard_on_a_steady_network(latency_ms: int) -> None:
    steady = ride(8.0, lambda now_s: latency_ms / 1000.0, start_rtt_s=2 * latency_ms / 1000.0)
    assert steady.late_share(1.0) == 0.0
    tightest = [slack for at_s, slack in steady.slacks if at_s > 5.0][::INTERVAL]
    assert min(tightest) > 0.5 * GUARD_TICKS * 1000 / TICK_RATE
    assert max(tightest) < 2.5 * 1000 / TICK_RATE


@pytest.mark.parametrize("spare_ticks", [0.25, 0.5, 1.0])
def test_it_holds_so_much_more_as_it_is_to_spare(spare_ticks: float) -> None:
    usual, spare = (ride(8.0, lambda now_s: 0.02, start_rtt_s=0.04, spare_ticks=ticks) for ticks in (0.0, spare_ticks))
    more_ticks = (spare.median_ms(5.0) - usual.median_ms(5.0)) * TICK_RATE / 1000.0
    assert more_ticks == pytest.approx(spare_ticks, abs=2 * DEAD_BAND_TICKS)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("latency_ms", [10, 80])
def test_few_inputs_are_late_at_10_ms_of_jitter(latency_ms: int, seed: int) -> None:
    shaken = ride(30.0, jittery(latency_ms / 1000.0, 0.010, seed), start_rtt_s=2 * latency_ms / 1000.0)
    assert shaken.late_share(5.0) < 0.005
    assert shaken.median_ms(5.0) < 80.0


@pytest.mark.parametrize("start_rtt_s", [0.0, 0.5])
def test_a_wrong_start_is_mended(start_rtt_s: float) -> None:
    """The first round trip that was measured may be anything."""
    mended = ride(8.0, lambda now_s: 0.1, start_rtt_s=start_rtt_s)
    assert mended.late_share(4.0) == 0.0
    assert mended.median_ms(5.0) < 60.0


def test_one_spike_changes_nothing() -> None:
    calm = ride(8.0, lambda now_s: 0.020, start_rtt_s=0.04)
    spiked = ride(8.0, lambda now_s: 0.150 if 4.0 <= now_s < 4.02 else 0.020, start_rtt_s=0.04)
    assert abs(calm.median_ms(6.0) - spiked.median_ms(6.0)) < 10.0


def test_a_slower_route_is_followed_within_a_second_and_a_half() -> None:
    rerouted = ride(10.0, lambda now_s: 0.020 if now_s < 4.0 else 0.080, start_rtt_s=0.04)
    assert rerouted.late_share(6.5) == 0.0


def test_a_server_whose_clock_was_moved_back_is_followed_at_once() -> None:
    """It stalled for half a second, and goes on from where it was: all our inputs are half a second early."""
    stalled = ride(8.0, lambda now_s: 0.020, start_rtt_s=0.04, server_shift_s=lambda now_s: 0.5 if now_s > 4.0 else 0.0)
    assert stalled.lead.snaps == 1
    assert stalled.median_ms(6.0) < 60.0


def test_the_speed_stays_within_5_percent() -> None:
    lead = started()
    for step in range(200):
        now_s = 7.0 + step / 30
        tick = 108 + 2 * step
        lead.took(tick, now_s)
        lead.heard(tick - 6, tick, -40.0 if step % 3 else 90.0, 0.1, now_s)
        assert 1 - SPEED_MAX <= lead.speed <= 1 + SPEED_MAX


def test_the_clock_and_its_inverse_agree() -> None:
    lead = started()
    lead.took(108, 7.0)
    for tick in (104, 106, 108):
        lead.heard(tick, 108, -5.0, 0.1, 7.1)
    assert lead.speed > 1.0
    assert lead.when(lead.tick_at(7.25)) == pytest.approx(7.25)


def test_without_news_nothing_more_is_lived_after_half_a_second() -> None:
    lead = started()
    first = lead.tick_at(7.0)
    assert lead.due(7.0 + SILENCE_S / 2) == int(first + SILENCE_S / 2 * TICK_RATE)
    last = int(first + SILENCE_S * TICK_RATE)
    assert lead.due(17.0) == last
    assert lead.when(last + 1) == inf
    lead.heard(700, 0, None, 0.1, 17.0)
    assert lead.due(17.0) == int(lead.tick_at(17.0)) > last


@pytest.mark.parametrize("stray", [-1, int(0.1 * TICK_RATE + SENSE_TICKS) + 1])
def test_a_clock_beyond_sense_starts_anew(stray: int) -> None:
    """Though no input of its own is acknowledged any more."""
    lead = started()
    tick = int(lead.tick_at(8.0)) - stray
    lead.heard(tick, 0, None, 0.1, 8.0)
    assert lead.snaps == 1
    assert lead.tick_at(8.0) == tick + 0.1 * TICK_RATE + START_TICKS


def test_news_of_inputs_that_this_clock_never_timed_say_nothing() -> None:
    lead = started()
    for ack in range(1, 20):
        lead.heard(100, ack, -500.0, 0.1, 7.01)
    assert (lead.snaps, lead.speed, lead.tick_at(7.0)) == (0, 1.0, 108.0)


def test_news_that_come_in_one_burst_count_together() -> None:
    lead = started()
    lead.heard(130, 0, None, 0.1, 7.02)
    assert lead.tick_at(7.02) == 138.0
    lead.heard(160, 0, None, 0.1, 7.5)
    assert lead.tick_at(7.5) == pytest.approx(138.0 + 0.48 * TICK_RATE)


def test_corrections_in_flight_are_counted_once() -> None:
    """With half a second of round trip, 15 snapshots still tell of inputs from before a correction."""
    far = ride(8.0, lambda now_s: 0.25, start_rtt_s=0.4)
    slacks = [slack for _, slack in far.slacks]
    assert slacks[0] > 100.0
    assert min(slacks) > 0.5 * GUARD_TICKS * 1000 / TICK_RATE
    assert min(slacks[-INTERVAL:]) < 1.5 * GUARD_TICKS * 1000 / TICK_RATE
