"""The flock: each of its bots is known by its number, and is told apart from what it was before."""

from collections.abc import Iterator

import pytest
import trio

from bench.flock import Flock
from tests.instruments.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "4") as running:
        yield running


async def test_they_come_and_come_back_and_are_known_by_their_numbers(server: Served, nursery: trio.Nursery) -> None:
    flock = Flock(server.page_url, 3, "idle", seed=1)
    assert not await flock.wait(lambda bot: bot.is_playing, 0.0)
    nursery.start_soon(flock.run)
    assert await flock.wait(lambda bot: bot.is_playing, 60.0)
    numbers = [bot.number for bot in flock.bots]
    assert sorted(numbers) == [1, 2, 3]
    assert all(bot.has_returned for bot in flock.bots)
    for bot in flock.bots:
        bot.forget()
    assert not any(bot.has_returned for bot in flock.bots)
    assert await flock.wait(lambda bot: bool(bot.scores), 60.0), "what anybody is told of their scores, on joining"
    assert flock.tick > flock.welcome_tick
    assert flock.checksum_mismatches == 0
