"""The tick clock against a simulated server: latency, jitter, stalls, and a route that changes."""

from collections.abc import Callable
from random import Random

import pytest
from msgspec import Struct

from bots.lead import GUARD_TICKS, SPEED_MAX, Lead

TICK_RATE = 60
INTERVAL = 2
"""Ticks from message to message and from snapshot to snapshot."""


class Ride(Struct):
    """What happened: (second, slack in ms) of each tick, as the server saw it."""

    lead: Lead
    slacks: list[tuple[float, float]]

    def late_share(self, after_s: float) -> float:
        slacks = [slack for at_s, slack in self.slacks if at_s >= after_s]
        return sum(slack < 0 for slack in slacks) / len(slacks)

    def median_ms(self, after_s: float) -> float:
        slacks = sorted(slack for at_s, slack in self.slacks if at_s >= after_s)
        return slacks[len(slacks) // 2]


def ride(
    seconds: float,
    one_way_s: Callable[[float], float],
    start_rtt_s: float = 0.0,
    server_shift_s: Callable[[float], float] = lambda now_s: 0.0,
) -> Ride:
    """A client that sends two inputs each two ticks to a server that is at tick n in second n / 60 + shift.

    Deliveries are in order, as on TCP.
    """
    lead = Lead(TICK_RATE, 0, start_rtt_s, 0.0)
    result = Ride(lead, [])
    next_tick, pending, arrived_s, snapshots = int(lead.tick_at(0.0)) + 1, 0, 0.0, []
    for step in range(int(seconds * 1000)):
        now_s = step / 1000.0
        while lead.when(next_tick) <= now_s:
            next_tick, pending = next_tick + 1, pending + 1
            if pending == INTERVAL:
                arrived_s = max(arrived_s, now_s + one_way_s(now_s))
                ticks = range(next_tick - pending, next_tick)
                slacks = [(tick / TICK_RATE + server_shift_s(now_s) - arrived_s) * 1000.0 for tick in ticks]
                result.slacks += [(now_s, slack) for slack in slacks]
                told_s = max(arrived_s, arrived_s + max(slacks) / 1000.0) + one_way_s(now_s)
                snapshots.append((told_s, min(slacks)))
                pending = 0
        while snapshots and snapshots[0][0] <= now_s:
            told_s, slack_ms = snapshots.pop(0)
            lead.steer(round(slack_ms), 2 * one_way_s(now_s), now_s)
    return result


def jittery(latency_s: float, jitter_s: float, seed: int) -> Callable[[float], float]:
    rng = Random(seed)
    return lambda now_s: max(0.0, latency_s + rng.uniform(-jitter_s, jitter_s))


@pytest.mark.parametrize("latency_ms", [0, 5, 20, 100, 250])
def test_it_holds_the_guard_on_a_steady_network(latency_ms: int) -> None:
    steady = ride(8.0, lambda now_s: latency_ms / 1000.0, start_rtt_s=2 * latency_ms / 1000.0)
    assert steady.late_share(1.0) == 0.0
    tightest = [slack for at_s, slack in steady.slacks if at_s > 5.0][::INTERVAL]
    assert min(tightest) > 0.5 * GUARD_TICKS * 1000 / TICK_RATE
    assert max(tightest) < 2.5 * 1000 / TICK_RATE


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
    lead = Lead(TICK_RATE, 100, 0.1, 7.0)
    for step in range(200):
        lead.steer(-40.0 if step % 3 else 90.0, 0.1, 7.0 + step / 30)
        assert 1 - SPEED_MAX <= lead.speed <= 1 + SPEED_MAX


def test_the_clock_and_its_inverse_agree() -> None:
    lead = Lead(TICK_RATE, 100, 0.1, 7.0)
    lead.steer(-5.0, 0.1, 7.1)
    assert lead.speed > 1.0
    assert lead.when(lead.tick_at(9.25)) == pytest.approx(9.25)


def test_corrections_in_flight_are_counted_once() -> None:
    """With half a second of round trip, 15 snapshots still tell of inputs from before a correction."""
    far = ride(8.0, lambda now_s: 0.25, start_rtt_s=0.4)
    tightest = [slack for _, slack in far.slacks][::INTERVAL]
    assert tightest[0] > 100.0
    assert min(tightest) > 0.5 * GUARD_TICKS * 1000 / TICK_RATE
    assert tightest[-1] < 1.5 * GUARD_TICKS * 1000 / TICK_RATE
