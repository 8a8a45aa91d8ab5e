"""The servers of a cluster: one that starts, is asked, and ends in each way."""

from pathlib import Path

import pytest

from bench.cluster.fleet import Fleet, Settings, described, mistake_in
from bench.cluster.ground import Loopback
from protocol.errors import UserError
from tests.instruments.redis import running


async def test_a_server_is_started_asked_stopped_and_killed(tmp_path: Path) -> None:
    with running() as redis:
        settings = Settings(folder=tmp_path, directory=redis.url, standings="off", rooms=2)
        fleet = Fleet(Loopback(1), settings)
        [member] = fleet.members
        assert await member.rooms() == {}
        try:
            await fleet.start()
            assert member.pid
            assert len(await member.rooms()) == len(await member.listed()) == 2
            assert await fleet.rooms() == {name: {1} for name in await member.rooms()}
            assert await member.stop() == 0
            assert member.pid == 0
        finally:
            await fleet.end()
        assert not fleet.trouble()
        assert await described("127.0.0.1", member.place.port) == []


@pytest.mark.slow
async def test_one_that_cant_start_says_why(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, directory="nonsense://", standings="off", rooms=1)
    [member] = Fleet(Loopback(1), settings).members
    with pytest.raises(UserError, match="did not get ready"):
        await member.start()
    assert "nonsense" in member.log.read_text()
    assert member.pid == 0


def test_a_mistake_is_one_sentence_however_much_the_log_has_of_it() -> None:
    error = b'{"level": "error", "event": "no checkpoint", "room": "belt", "exception": [{"exc_value": "gone"}]}'
    assert mistake_in(error) == "no checkpoint: belt: gone"
    assert mistake_in(b'{"level": "error", "event": "overload"}') == "overload"
    assert mistake_in(b'{"level": "info", "event": "a room goes on here"}') == ""
    assert mistake_in(b"Traceback (most recent call last):") == ""
