"""What is read from the directory itself, of a real Redis."""

import time

import pytest
import trio

from bench.cluster.lease import lease_end_s, rooms_known, strings, young_until_s
from protocol.errors import UserError
from server.cluster.records import Notice, Process, Timing
from server.cluster.redis import RedisDirectory
from tests.instruments.redis import running

URL = "http://127.0.0.1:9"


async def test_a_lease_ends_a_ttl_after_its_process_was_heard_and_its_rooms_are_known() -> None:
    with running() as redis:
        directory = RedisDirectory(redis.url)
        async with trio.open_nursery() as nursery:
            await nursery.start(directory.run)
            began_s = time.monotonic()
            lease = await directory.join(Process(URL))
            await directory.claim(lease, Notice("pinball"), is_new=True)
            ended_s = time.monotonic()
            nursery.cancel_scope.cancel()
        end_s = lease_end_s(redis, URL)
        assert began_s - 0.1 <= end_s - Timing().ttl_s <= ended_s + 0.1
        assert rooms_known(redis) == {"pinball"}
        assert began_s - 0.1 <= young_until_s(redis) - Timing().ttl_s <= ended_s + 0.1, "it has only begun"
        with pytest.raises(UserError, match="no process"):
            lease_end_s(redis, "http://127.0.0.1:10")


def test_strings_of_an_answer() -> None:
    assert list(strings(b"*2\r\n$3\r\none\r\n$0\r\n\r\n")) == [b"one", b""]
    assert list(strings(b"$-1\r\n")) == []
    assert list(strings(b"")) == []
