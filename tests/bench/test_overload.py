"""The overload: when a game has recovered, and one small run with everything real in it."""

import os

import pytest

from bench.overload import RECOVERY_S_MAX, STEP_S, computing, measure, recovery_of
from bench.scene import TICK_RATE

FULL, HALF = float(TICK_RATE), TICK_RATE / 2
STEPS = round(1 / STEP_S)


@pytest.mark.parametrize(
    ("rates", "recovery_s"),
    [
        ([FULL] * STEPS, 0.0),
        ([0.0] * 2 + [FULL] * STEPS, 2 * STEP_S),
        ([HALF] * 4 + [FULL] * STEPS, pytest.approx(3 * STEP_S)),
        ([HALF] * 100, None),
        ([FULL] * (STEPS - 1), None),
        ([], None),
    ],
)
def test_recovered_is_a_game_whose_next_second_is_at_full_speed(rates: list[float], recovery_s: float | None) -> None:
    assert recovery_of(rates) == recovery_s


def test_neighbours_are_on_the_same_core_and_end_with_the_context() -> None:
    before = os.sched_getaffinity(0)
    with computing(2, min(before)):
        assert os.sched_getaffinity(0) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_small_one() -> None:
    """How slow the game gets, and whether it recovers here, is this machine's; that nobody is disconnected is not."""
    result = measure(clients=6, seconds=1.0, settle_s=0.2, calm_s=1.0, neighbours_max=2)
    assert result.disconnected == {}
    assert 1 <= result.neighbours <= 2
    assert result.calm_cpu_share > 0
    assert result.overload_ticks_per_s > 0
    assert result.ticks_shifted >= 0
    assert result.held is (result.recovery_s is not None and result.recovery_s <= RECOVERY_S_MAX)
