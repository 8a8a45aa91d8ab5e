"""A whole drill, only small: real servers, Redis, PostgreSQL and networks, and all that goes wrong with them."""

import pytest

from bench.cluster.drill import Plan, run
from bench.cluster.postgres import find_postgres
from bench.cluster.redis import find_redis

PLAN = Plan(bots=12, rooms=6)


def test_the_rates_are_those_of_the_plan() -> None:
    flags = PLAN.flags
    assert flags[flags.index("--tick-rate") + 1] == str(PLAN.tick_rate)
    assert flags[flags.index("--snapshot-rate") + 1] == str(PLAN.snapshot_rate)


@pytest.mark.slow
@pytest.mark.skipif(find_redis() is None or find_postgres() is None, reason="a drill needs Redis and PostgreSQL")
async def test_a_small_one() -> None:
    """Its times are this machine's; that no room has two owners, and nobody notices a Redis that is away, is not."""
    result = await run(PLAN)
    assert result.joined_s is not None
    assert [loss.how for loss in result.losses] == ["kill -9", "cut off"]
    for loss in result.losses:
        assert (loss.rooms_back, loss.missing, loss.anew, loss.lost) == (loss.rooms, [], 0, [])
    assert result.double_owners == []
    assert result.sightings >= result.rooms
    assert [(outage.disturbed, outage.joins_good) for outage in result.outages] == [(0, 6), (0, 6)]
