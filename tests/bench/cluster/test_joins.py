"""How long a join takes that comes to the wrong process: it is led, and welcome; or neither."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.cluster.drill import wait_open
from bench.cluster.fleet import Fleet, Settings
from bench.cluster.ground import Loopback
from bench.cluster.joins import join, join_often
from tests.instruments.redis import running


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    with running() as redis:
        settings = Settings(folder=tmp_path, directory=redis.url, standings="off", rooms=2, keeps=False)
        fleet = Fleet(Loopback(2), settings)
        try:
            await fleet.start()
            yield fleet
        finally:
            await fleet.end()


@pytest.mark.slow
async def test_it_is_told_where_and_then_is_welcome_there(fleet: Fleet) -> None:
    await wait_open(fleet, 4)
    told = await join_often(fleet.members, joins=4, per_second=10, seed=1)
    assert (len(told.done), told.failed) == (4, 0)
    assert all(0 < one.moved_s < one.welcome_s for one in told.done)
    assert told.late_s
    assert 0 < told.cpu_share < 1
    here = next(iter(await fleet.members[0].rooms()))
    assert await join(fleet.members[0].url, here, 5) is None, "nobody leads where one is already"
    assert await join(fleet.members[0].url, "nowhere", 6) is None
