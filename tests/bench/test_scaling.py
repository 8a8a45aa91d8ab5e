"""`bench scaling` on a small scale, and what it makes of figures."""

import os
import sys

import pytest

from bench.cluster.redis import find_redis
from bench.scaling import Lived, Scaling, lines, measure, own_ticks

two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or find_redis() is None,
    reason="two cores, /proc and Redis",
)


def lived(core: int, is_alone: bool, us: float, share: float = 0.3) -> Lived:
    return Lived(core=core, is_alone=is_alone, cpu_us_per_tick=us, cpu_share=share, ticks_min=60.0)


def scaling(together_us: float, share: float = 0.3) -> Scaling:
    runs = [lived(0, True, 500.0), lived(0, True, 520.0), lived(0, True, 900.0), lived(1, True, 520.0)]
    both = [lived(core, False, together_us, share) for core in (0, 1)]
    return Scaling(rooms=5, bots=10, lived=[*runs, *both])


def test_two_that_cost_each_other_nothing_carry_twice_as_much() -> None:
    assert scaling(520.0).times == pytest.approx(2.0)
    assert scaling(520.0).held


@pytest.mark.parametrize("result", [scaling(600.0), scaling(520.0, share=0.97)])
def test_it_does_not_hold_where_they_do_or_where_a_core_was_full(result: Scaling) -> None:
    assert not result.held
    assert lines(result)[-1] == "It did not hold."


def test_the_rooms_of_the_other_are_not_counted() -> None:
    assert own_ticks([{"name": "a", "tick": 5}, {"name": "b", "url": "http://there"}]) == {"a": 5}


@two_cores
@pytest.mark.slow
def test_both_are_measured_alone_and_together() -> None:
    result = measure(rooms=1, bots=2, seconds=1.0, repeat=1, settle_s=0.2)
    assert [(one.core, one.is_alone) for one in result.lived].count((min(os.sched_getaffinity(0)), True)) == 1
    assert all(one.cpu_us_per_tick > 0 and one.ticks_min > 0 for one in result.lived)
    assert 0.0 < result.times < 10.0
