"""Hundreds of rooms that come and go in one process, by way of the lobby: nothing of them is left. Slow."""

import gc
import os
import sys
from pathlib import Path
from weakref import WeakSet

import pytest
import trio
import trio.testing

from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Hello, Open
from server.app import Server
from server.config import Config
from server.lives import EMPTY_S_MAX
from server.room import Room
from tests.instruments.stepper import Client, FakeLink

ROOMS = 500
WARM_UP = 200
"""So many, until the allocator has as much as it will ever need at once."""
TOGETHER = 20
RSS_GROWTH_BYTES_MAX = 64_000_000
"""What the allocator keeps to itself; that many rooms hold twenty times as much."""


def rss_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def come_and_go(server: Server, count: int, now_s: float, seen: WeakSet[Room]) -> float:
    """So many rooms are opened, played in, left, and end."""
    lobby, clients = server.lobby, list[Client]()
    for number in range(count):
        link = FakeLink(SUBPROTOCOL_MSGPACK, f"198.51.100.{number}:1")  # one address may not open so many
        client = Client(lobby.meet(link, now_s), link)
        client.say(Hello(1, f"P{number}", role="visitor"), now_s)
        client.say(Open(f"Room {number}", "melee", "pinball", private=number % 2 == 0), now_s)
        clients.append(client)
    with trio.fail_after(60):
        while any(client.welcomed is None for client in clients):  # a room is opened when there is time
            await trio.sleep(0.005)
            for client in clients:
                client.read()
    opened = [lobby.rooms[client.welcome.room] for client in clients]
    seen.update(opened)
    with trio.fail_after(60):
        while not all(room.tick > 3 for room in opened):  # noqa: ASYNC110
            await trio.sleep(0.005)
    for client in clients:
        client.session.lost(now_s)
    for later_s in (1.0, 1.0 + EMPTY_S_MAX):
        assert lobby.sweep(now_s + later_s) == []
    await trio.testing.wait_all_tasks_blocked()
    return now_s + EMPTY_S_MAX + 2.0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory")
async def test_five_hundred_rooms_leave_nothing_behind(nursery: trio.Nursery) -> None:
    server = Server(Config(port=0, seed=1, rooms_max=TOGETHER + 1))
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    await nursery.start(server.serve, listeners)
    seen, now_s = WeakSet[Room](), trio.current_time() + 1000.0
    for _ in range(WARM_UP // TOGETHER):
        now_s = await come_and_go(server, TOGETHER, now_s, seen)
    tasks, labels = trio.lowlevel.current_statistics().tasks_living, len(server.telemetry.exposition()[0].splitlines())
    memory = rss_bytes()
    for _ in range((ROOMS - WARM_UP) // TOGETHER):
        now_s = await come_and_go(server, TOGETHER, now_s, seen)
        assert list(server.lobby.rooms) == ["pinball"]
        assert len(seen) <= 3 * TOGETHER, "rooms that have ended are collected while others play"
    gc.unfreeze()
    gc.collect()
    assert len(seen) == 0
    assert trio.lowlevel.current_statistics().tasks_living == tasks
    assert len(server.telemetry.exposition()[0].splitlines()) == labels
    assert rss_bytes() - memory < RSS_GROWTH_BYTES_MAX
    statistics = server.lobby.statistics()
    assert (statistics.rooms, statistics.rooms_opened, statistics.rooms_ended) == (1, ROOMS, ROOMS)
    assert (statistics.sessions, statistics.visitors, statistics.players) == (0, 0, 0)
    assert len(server.lobby.lives) == 1
    assert server.lobby.seats() == []
    assert server._supervisor.names() == ["pinball"]
    assert len(server._phases.taken) <= 1
