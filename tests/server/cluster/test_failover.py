"""Real processes, a real Redis, a folder: one is killed with -9, and whoever played there plays on elsewhere."""

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import trio

import bots
from server.cluster.records import Timing
from tests.instruments.redis import Redis
from tests.instruments.served import Served, served

TTL_S = Timing().ttl_s
BACK_S_MAX = 5.0
BOTS_BACK_S_MAX = 10.0
BOTS = 4


def rooms(server: Served) -> dict[str, dict[str, Any]]:
    with urllib.request.urlopen(f"{server.page_url}api/rooms", timeout=10) as answer:
        return {room["name"]: room for room in json.load(answer)}


def metric(server: Served, name: str) -> float:
    with urllib.request.urlopen(f"{server.page_url}metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"ricochet_{name} "))


@pytest.mark.slow
async def test_a_process_is_killed_and_its_room_and_its_people_are_back(redis: Redis, tmp_path: Path) -> None:
    """They came in by the other process, which led them there, and leads them back."""
    flags = "--directory", redis.url, "--checkpoints", str(tmp_path), "--match-s", "3600"
    with served(*flags) as here, served(*flags) as there:
        own = {name for name, room in rooms(there).items() if "url" not in room}
        [name] = own
        with trio.fail_after(30):
            while name not in rooms(here):  # noqa: ASYNC110
                await trio.sleep(0.1)
        async with trio.open_nursery() as nursery:
            players = [await nursery.start(play, here.play_url, name, number) for number in range(BOTS)]
            await trio.sleep(4)
            before = [(bot._player.welcome.player, bot.view.tick) for bot in players]
            assert rooms(there)[name]["players"] == BOTS
            there.kill()
            killed_s = time.monotonic()
            with trio.fail_after(TTL_S + BACK_S_MAX + 5):
                while metric(here, "rooms_adopted_total") < 1:  # noqa: ASYNC110
                    await trio.sleep(0.05)
            room_s = time.monotonic() - killed_s
            with trio.fail_after(TTL_S + BOTS_BACK_S_MAX + 5):
                while rooms(here)[name]["people"] < 0 or not all(is_back(bot, name, there) for bot in players):  # noqa: ASYNC110
                    await trio.sleep(0.05)
            bots_s = time.monotonic() - killed_s
            after = [bot._player.welcome.player for bot in players]
            assert after == [player for player, _ in before], "each is who they were"
            assert room_s < TTL_S + BACK_S_MAX
            assert bots_s < TTL_S + BOTS_BACK_S_MAX
            assert 0 < metric(here, "adoption_s") < BACK_S_MAX
            nursery.cancel_scope.cancel()


def is_back(bot: bots.Bot, room: str, dead: Served) -> bool:
    """Sees the room, and not by the process that is dead."""
    return bot.room == room and bot._connection._address.port != dead.port and bot._player.lead is not None


async def play(url: str, room: str, number: int, task_status: trio.TaskStatus[bots.Bot]) -> None:
    async with bots.connect(url, f"Bot {number}", room=room, seed=number) as bot:
        task_status.started(bot)
        async for view in bot.snapshots():
            if target := view.nearest("ship"):
                bot.act(move=(1, 0), aim=bot.towards(target), fire=True)
