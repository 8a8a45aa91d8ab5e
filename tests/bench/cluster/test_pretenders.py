"""Processes that have rooms in the directory and nowhere else, at a real Redis."""

import pytest
import trio

from bench.cluster.lease import rooms_known
from bench.cluster.pretenders import Pretender, Took, pretenders_of, pretending, pretending_apart
from protocol.errors import UserError
from tests.instruments.redis import running
from tests.server.net.wires import really


async def test_they_own_what_is_theirs_and_what_they_ask_is_timed() -> None:
    with running() as redis:
        took = Took()
        pretenders = [Pretender(number, 3, redis.url, took) for number in range(2)]
        assert not any(pretender.is_registered for pretender in pretenders)
        async with trio.open_nursery() as nursery:
            with trio.fail_after(20):
                await nursery.start(pretending, pretenders, 0.1)
            assert all(pretender.is_registered for pretender in pretenders)
            assert rooms_known(redis) == {f"room-{number}-{room}" for number in range(2) for room in range(3)}
            took.clear()
            await really(lambda: len(took.beats_s) >= 2 and len(took.lists_s) >= 2)
            assert took.unanswered == 0
            redis.kill()
            await really(lambda: took.unanswered > 0)
            nursery.cancel_scope.cancel()
        assert not any(pretender.lost for pretender in pretenders)


async def test_in_a_process_of_their_own_they_are_there_for_as_long_as_they_are_wanted() -> None:
    with running() as redis:
        async with pretending_apart(5, 2, redis.url, 90):
            assert len(rooms_known(redis)) == 5
    with pytest.raises(UserError, match="were not registered"):
        async with pretending_apart(1, 1, "redis://127.0.0.1:1", 0.1):
            pass


def test_all_rooms_are_somebodys() -> None:
    assert [len(one._notices) for one in pretenders_of(10, 3, "redis://127.0.0.1:1", Took())] == [3, 3, 4]
