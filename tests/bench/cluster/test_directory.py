"""Joins and the load of a directory, measured: a small run of each, and what holding means."""

import pytest
from msgspec.structs import replace

from bench.cluster.directory import Joining, Load, Measured, lines, measure
from bench.cluster.redis import find_redis

JOINING = Joining(
    rooms=1000,
    joins=400,
    failed=0,
    moved_ms_p50=3.0,
    moved_ms_p99=9.0,
    welcome_ms_p50=8.0,
    welcome_ms_p99=20.0,
    own_late_ms_p50=0.5,
    own_late_ms_p99=2.0,
    own_cpu_share=0.2,
)
LOAD = Load(
    rooms=10_000,
    processes=200,
    seconds=20.0,
    redis_cpu_share=0.4,
    own_cpu_share=0.7,
    redis_mb=12.0,
    commands_per_s=50_000.0,
    beats=2000,
    beat_ms_p50=4.0,
    beat_ms_p99=12.0,
    lists=4000,
    list_ms_p50=5.0,
    list_ms_p99=14.0,
    unanswered=0,
    rooms_lost=0,
)


def test_the_lines_say_whether_it_held_and_who_was_slow() -> None:
    good = Measured(joining=JOINING, load=LOAD, held=True)
    assert lines(good)[-1] == "It held."
    assert "slow" not in lines(good)[-2]
    assert "20% of a core, and was itself late by p50 0.5 ms, p99 2.0 ms" in lines(good)[2]
    assert "slow" in lines(replace(good, load=replace(LOAD, own_cpu_share=0.95)))[-2]
    empty = replace(JOINING, moved_ms_p50=None, moved_ms_p99=None, welcome_ms_p50=None, welcome_ms_p99=None)
    assert "nothing" in lines(replace(good, joining=empty))[1]


@pytest.mark.slow
@pytest.mark.skipif(find_redis() is None, reason="it needs Redis")
async def test_a_small_one() -> None:
    result = await measure(rooms=60, joins=10, many=200, processes=4, seconds=3.0, seed=1)
    assert (result.joining.failed, result.joining.rooms) == (0, 60)
    assert result.load.beats
    assert result.load.lists
    assert (result.load.unanswered, result.load.rooms_lost) == (0, 0)
    assert result.load.redis_cpu_share > 0
