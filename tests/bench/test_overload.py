"""The overload: when a game has recovered, and one small run with everything real in it."""

import os
from pathlib import Path

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


def children() -> set[str]:
    """Of this process, by number."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_neighbours_are_on_the_same_core_and_end_with_the_context() -> None:
    before, others = os.sched_getaffinity(0), children()
    core = min(before)
    with computing(2, core):
        assert os.sched_getaffinity(0) == before
        neighbours = children() - others
        assert [os.sched_getaffinity(int(pid)) for pid in neighbours] == [{core}] * 2
    assert children() == others


def test_a_small_one() -> None:
    """How slow the game gets, and whether it recovers here, is this machine's; that nobody is disconnected is not."""
    result = measure(clients=6, seconds=1.0, settle_s=0.2, calm_s=1.0, neighbours_max=2)
    assert result.disconnected == {}
    assert 1 <= result.neighbours <= 2
    assert result.calm_cpu_share > 0
    assert result.overload_ticks_per_s > 0
    assert result.ticks_shifted >= 0
    assert result.held is (result.recovery_s is not None and result.recovery_s <= RECOVERY_S_MAX)
