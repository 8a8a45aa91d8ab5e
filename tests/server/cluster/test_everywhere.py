"""Two whole servers and a real Redis: an admin who asks one of them reaches both, also after Redis was away."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio

import bots
from protocol.errors import Code
from server.app import Server, url_of
from server.cluster.fleet import Fleet
from server.takeover import listen
from tests.instruments.keys import SECRET
from tests.instruments.redis import Redis
from tests.server.net.test_api import Running
from tests.server.net.wires import really
from tests.server.running import settings

Two = tuple[Running, Running]


def fleet(running: Running) -> Fleet:
    assert isinstance(running.server.reach, Fleet)
    return running.server.reach


def url(running: Running) -> str:
    return f"http://127.0.0.1:{running.port}/"


@pytest.fixture
async def two(nursery: trio.Nursery, redis: Redis, tmp_path: Path) -> AsyncIterator[Two]:
    (tmp_path / "secret").write_bytes(SECRET)
    started = list[Running]()
    for _ in range(2):
        config = settings(directory=redis.url, jwt_secret=tmp_path / "secret")
        server = Server(config)
        listeners = await listen(config)
        await nursery.start(server.serve, listeners)
        started.append(Running(server, listeners[0].socket.getsockname()[1]))
        assert url_of(config, listeners) == url(started[-1])
    here, there = started
    await really(lambda: all(len(fleet(running).peers) == 1 for running in started))
    yield here, there
    nursery.cancel_scope.cancel()


async def refused(running: Running) -> int:
    with pytest.raises(bots.Ended) as ended:
        async with bots.connect(url(running), "Eve", role="visitor", come_back=False):
            pass
    return ended.value.code


async def test_a_ban_reaches_both_and_what_was_decided_while_redis_was_away_afterwards(two: Two, redis: Redis) -> None:
    here, there = two
    async with bots.connect(url(there), "Eve", role="visitor", come_back=False):
        status, said, _ = await here.ask("/api/admin/ban", order={"address": "127.0.0.1", "seconds": 600})
        assert (status, said["done"]) == (200, "banned address:127.0.0.1 for 600 s, and kicked 0")
        await really(lambda: not there.server.lobby.sessions)
    assert await refused(there) == Code.BANNED
    redis.kill()
    status, _, _ = await there.ask("/api/admin/unban", order={"address": "127.0.0.1"})
    assert status == 200
    assert await refused(here) == Code.BANNED, "it goes on by itself"
    redis.start()
    await really(lambda: len(here.server.lobby.bans) == 0)
    async with bots.connect(url(here), "Eve", role="visitor"):
        assert fleet(here).counted.news_heard > 0


async def test_rooms_of_another_process_are_closed_by_it_and_told_of(two: Two) -> None:
    here, there = two
    name = there.server.room.name
    room = there.server.room
    status, said, _ = await here.ask("/api/admin/close", order={"room": name})
    assert (status, said["done"]) == (
        200,
        f"elsewhere: closed the room {name}; a fresh one is open in its place",
    )
    assert there.server.room is not room
    await really(lambda: any(row.name == name and row.url == url(there) for row in here.server.reach.rooms()))
    mine, theirs = here.server.reach.processes()
    assert (mine.url, theirs.url) == (url(here), url(there))
    assert mine.lease_s is not None
    assert mine.lease_s < 16.0
    status, said, _ = await here.ask("/api/admin/drain", order={"process": "abc"})
    assert (status, said["error"]) == (409, "there is no process 'abc'")
