"""A real Redis for all tests of a file, emptied before each, and both directories."""

from collections.abc import AsyncIterator, Iterator

import pytest
import trio

from server.cluster.redis import RedisDirectory
from tests.instruments.redis import Redis, running
from tests.server.cluster.timed import HERE, TIMING, TTL, Timed


@pytest.fixture(scope="module")
def one_redis() -> Iterator[Redis]:
    with running() as server:
        yield server


@pytest.fixture
def redis(one_redis: Redis) -> Redis:
    assert one_redis.say("FLUSHALL") == b"+OK\r\n"
    return one_redis


@pytest.fixture(params=["local", "redis"])
async def timed(request: pytest.FixtureRequest, nursery: trio.Nursery) -> AsyncIterator[Timed]:
    """A directory that has been there for long, and in which nobody is."""
    if request.param == "local":
        yield Timed()
        return
    server: Redis = request.getfixturevalue("redis")
    directory = RedisDirectory(server.url, TIMING)
    await nursery.start(directory.run)
    timed = Timed(server, directory)
    lease = await timed.at(-2 * TTL).join(HERE)
    await timed.directory.leave(lease, False)
    timed.at(0)
    yield timed
    nursery.cancel_scope.cancel()
