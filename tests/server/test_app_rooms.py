"""Rooms of a whole server: opened, run, rested, closed, and replaced."""

import json

import pytest
import trio
import trio.testing

from protocol.messages import Hello, Open
from server.app import Server
from server.lives import EMPTY_S_MAX
from server.seats import Doors
from tests.server.net.wires import MSGPACK, frame, until, upgrade
from tests.server.running import Running, settings, started


@pytest.fixture
async def running(nursery: trio.Nursery) -> Running:
    return await started(nursery)


async def test_after_the_last_room_was_closed_a_fresh_one_takes_newcomers(running: Running) -> None:
    was = running.server.room
    await until(lambda: was.tick > 0)
    running.server.close_room("pinball", trio.current_time())
    await trio.testing.wait_all_tasks_blocked()
    ticks, fresh = was.tick, running.server.lobby.rooms["pinball"]
    await until(lambda: fresh.tick > 2)
    assert was.tick == ticks
    assert (await running.get("/readyz"))[0] == 200
    assert [room["tick"] < 100 for room in json.loads((await running.get("/api/rooms"))[1])] == [True]
    running.server.close_room("pinball", trio.current_time())
    await until(lambda: running.server.lobby.rooms["pinball"].tick > 2)


async def test_one_room_of_two_is_closed_for_good(running: Running) -> None:
    room = running.server.room
    running.server.lobby.open_room("annex", type(room.game), room.arena, room.rates, 1)
    running.server.close_room("pinball", trio.current_time())
    assert list(running.server.lobby.rooms) == ["annex"]


async def test_a_room_may_be_closed_before_it_was_ever_run() -> None:
    server = Server(settings())
    was = server.room
    server.close_room("pinball", trio.current_time())
    (fresh,) = server.lobby.rooms.values()
    assert fresh is not was


async def test_where_the_room_that_would_be_opened_is_gone_for_a_moment_it_is_waited_for() -> None:
    server = Server(settings())
    failed = server.room
    server.lobby.open_room("annex", type(failed.game), failed.arena, failed.rates, 1)
    server.lobby.reopening.add("pinball")
    server.lobby.close_room("pinball", trio.current_time())
    server.close_room("annex", trio.current_time())
    assert not server.lobby.rooms
    fresh = server.lobby.open_again(failed)
    assert server.room is fresh


async def test_a_server_that_stops_opens_no_room(running: Running) -> None:
    running.server.lobby.doors = Doors.RETURNING
    running.server.close_room("pinball", trio.current_time())
    assert not running.server.lobby.rooms


async def test_a_room_that_is_opened_runs_rests_and_ends_with_all_that_was_its(running: Running) -> None:
    """From `open` over a real socket to the last trace of it."""
    server = running.server
    async with await running.connect() as stream:
        await stream.send_all(upgrade())
        await stream.receive_some(4096)
        for said in (Hello(1, "Ann", role="visitor"), Open("Fun", "melee", "belt")):
            await stream.send_all(frame(MSGPACK.encode(said)))
        await until(lambda: len(server.lobby.rooms) == 2)
        [opened] = [room for room in server.lobby.rooms.values() if not room.card.is_permanent]
        await until(lambda: opened.tick > 5)
        rooms = json.loads((await running.get("/api/rooms"))[1])
        assert [(room["title"], room["map"], room["people"]) for room in rooms] == [
            ("pinball", "Pinball", 0),
            ("Fun", opened.arena.name, 1),
        ]
    await until(lambda: not opened.is_watched)
    now_s = trio.current_time()
    for later_s in (0.0, EMPTY_S_MAX):
        assert server.lobby.sweep(now_s + later_s) == []
    await trio.testing.wait_all_tasks_blocked(0.05)
    assert list(server.lobby.rooms) == ["pinball"]
    tick = opened.tick
    await trio.sleep(0.1)
    assert opened.tick == tick
    assert server._supervisor.names() == ["pinball"]
    assert len(server._phases.taken) == (0 if server.room.is_resting else 1)


async def test_an_operator_may_have_several_rooms(running: Running) -> None:
    server = Server(settings(rooms=3))
    assert list(server.lobby.rooms) == ["pinball", "pinball-2", "pinball-3"]
    assert {room.card.is_permanent for room in server.lobby.rooms.values()} == {True}
    with pytest.raises(ValueError, match="no place for rooms = 3"):
        settings(rooms=3, rooms_max=2)
