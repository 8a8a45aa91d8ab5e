"""Two whole servers and a real Redis: each lists the rooms of both, and leads whoever asks for the other's to it."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
import trio
import trio.testing

import bots
from bots.sdk import Refused
from protocol.errors import Code, Violation
from protocol.messages import Enter, Hello
from server.app import Server, url_of
from server.card import Card
from server.cluster.company import Company
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.ledger import Ledger
from server.cluster.notices import notice_of
from server.cluster.records import Entry, Notice, Timing
from server.cluster.redis import RedisDirectory
from server.room import Room
from server.seats import Doors
from server.session import State
from server.takeover import listen
from tests.instruments.redis import Redis
from tests.instruments.stepper import Stepper
from tests.server.cluster.timed import HERE, TTL
from tests.server.net.wires import MSGPACK, frame, really, upgrade
from tests.server.running import Running, settings


@dataclass
class Two:
    here: Running
    there: Running

    @property
    def rooms(self) -> set[str]:
        return {*self.here.server.lobby.rooms, *self.there.server.lobby.rooms}

    async def listed(self, at: Running) -> set[str]:
        return {room["name"] for room in json.loads((await at.get("/api/rooms"))[1])}

    async def settle(self) -> None:
        """Both know of all rooms of both."""
        for running in (self.here, self.there):
            with trio.fail_after(20):
                while await self.listed(running) != self.rooms:  # noqa: ASYNC110
                    await trio.sleep(0.05)


def company(running: Running) -> Company:
    assert isinstance(running.server.company, Company)
    return running.server.company


def room_of(running: Running) -> str:
    return running.server.room.name


async def person(running: Running) -> trio.SocketStream:
    """Plays there, for as long as the connection is open, and is no bot."""
    stream = await running.connect()
    await stream.send_all(upgrade() + frame(MSGPACK.encode(Hello(1, "Bob", room=room_of(running)))))
    return stream


async def start(nursery: trio.Nursery, redis: Redis) -> Running:
    config = settings(directory=redis.url)
    server = Server(config)
    listeners = await listen(config)
    await nursery.start(server.serve, listeners)
    return Running(server, url_of(config, listeners))


@pytest.fixture
async def two(nursery: trio.Nursery, redis: Redis) -> AsyncIterator[Two]:
    """At a directory that has been there for long."""
    async with trio.open_nursery() as preparing:
        directory = RedisDirectory(redis.url, now_ms=round(time.time() * 1000) - 2 * TTL)
        await preparing.start(directory.run)
        await directory.leave(await directory.join(HERE), False)
        preparing.cancel_scope.cancel()
    two = Two(await start(nursery, redis), await start(nursery, redis))
    await two.settle()
    yield two
    nursery.cancel_scope.cancel()


async def test_what_another_may_have_runs_when_it_may_and_what_people_have_opened_is_not_wanted_back(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    directory, stepper = LocalDirectory(Ledger(Timing())), Stepper()
    company, room = Company(directory, stepper.lobby, clock=trio.current_time), stepper.room
    started, stopped = list[Room](), list[Room]()
    company.run_room, company.stop_room = started.append, stopped.append
    opened = stepper.lobby.open_room(
        "x1", type(room.game), room.arena, room.rates, 1, card=Card("Ours", is_permanent=False)
    )
    other = await directory.join(HERE)
    await directory.claim(other, notice_of(room), True)
    nursery.start_soon(company.run)
    await trio.sleep(1)
    assert company.take(opened, is_new=True)
    assert not company.take(room, is_new=False)
    await trio.sleep(Timing().ttl_s / 2)
    assert [company.membership.holds(one.name) for one in (opened, room)] == [True, False]
    assert started == []
    await directory.leave(other, False)
    await trio.sleep(2 * Timing().beat_s)
    assert (started, company.membership.holds(room.name)) == ([room], True)
    await directory.leave(company.membership.lease, False)
    await trio.sleep(4 * Timing().beat_s)
    assert (set(stopped), started) == ({opened, room}, [room, room])
    nursery.cancel_scope.cancel()


async def test_rooms_elsewhere_are_listed_while_the_directory_is_away_but_not_for_long(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(count: int) -> list[Entry]:
        raise Unreachable("no answer")

    directory, stepper = LocalDirectory(Ledger(Timing())), Stepper()
    company = Company(directory, stepper.lobby, clock=trio.current_time)
    await directory.claim(await directory.join(HERE), Notice("pit"), True)
    nursery.start_soon(company.run)
    await trio.sleep(1.5)
    monkeypatch.setattr(directory, "listed", away)
    await trio.sleep(Timing().ttl_s - 2)
    assert [entry.notice.name for entry in company.others] == ["pit"]
    await trio.sleep(4)
    assert company.others == []
    nursery.cancel_scope.cancel()


async def test_one_goes_to_rooms_of_all_processes_from_any(two: Two) -> None:
    here, there = room_of(two.here), room_of(two.there)
    async with bots.connect(two.here.url, "Ada", room=there) as ada:
        assert ada.room == there
        assert len(two.there.server.room.players) == 1
        assert await ada.enter(here) == here
        assert len(two.here.server.room.players) == 1
        lobby = await ada.browse()
        assert {room.name for room in lobby.rooms} == two.rooms
        await really(lambda: ada._player.homes == [company(two.there).url])
        with pytest.raises(Refused) as refused:
            await ada.enter("nowhere")
        assert refused.value.code == Code.ROOM_NOT_FOUND
        await really(lambda: not two.there.server.lobby.sessions)
        async with bots.connect(two.there.url, "Bob") as bob:
            name = await bob.open("Ours", "melee", "belt", private=True)
            await really(lambda: company(two.there).membership.fence(name) > 0)
            assert await ada.enter(name) == name, "found by its link"
            assert name not in await two.listed(two.here)


async def test_quick_play_goes_where_there_is_company_and_a_place(two: Two) -> None:
    here, there = company(two.here), company(two.there)
    stream = await person(two.there)
    await really(lambda: any(entry.notice.people for entry in here.others))
    async with bots.connect(two.here.url, "Ada", role="visitor") as ada:
        assert await ada.enter() == room_of(two.there)
    await stream.aclose()
    theirs = two.there.server.room
    theirs.players_max = len(theirs.players) + 1
    await really(lambda: any(entry.free == 1 for entry in here.others))
    assert (await here.directory.lead(theirs.name, "kept", here.url)).is_kept
    await really(lambda: there.membership.held == {theirs.name: 1})
    with pytest.raises(bots.Ended) as full:
        async with bots.connect(two.there.url, "Eve", room=theirs.name, come_back=False):
            pass
    assert full.value.code == Code.ROOM_FULL, "the seat that is kept is nobody else's"
    with pytest.raises(bots.Ended) as full_too:
        async with bots.connect(two.here.url, "Eve", room=theirs.name, come_back=False):
            pass
    assert full_too.value.code == Code.ROOM_FULL


async def test_one_conversation_holds_one_seat_however_often_it_asks(two: Two) -> None:
    theirs = room_of(two.there)
    stream = await two.here.connect()
    await stream.send_all(upgrade() + frame(MSGPACK.encode(Hello(1, "Ada", role="visitor"))))
    for _ in range(3):
        await stream.send_all(frame(MSGPACK.encode(Enter(theirs))))
        await trio.sleep(0.5)
    entry = await company(two.here).directory.find(theirs)
    assert entry is not None
    assert entry.held == 1
    await stream.aclose()


async def test_nobody_is_led_to_a_process_that_drains_and_quick_play_stays_here(two: Two) -> None:
    here, theirs = company(two.here), room_of(two.there)
    stream = await person(two.there)
    async with bots.connect(two.here.url, "Ada", role="visitor") as ada:
        await really(lambda: any(entry.notice.people for entry in here.others))
        two.there.server.lobby.doors = Doors.RETURNING
        await really(lambda: not any(entry.process.is_open for entry in here.others))
        assert theirs not in {room.name for room in here.listed([])}
        with pytest.raises(Refused) as refused:
            await ada.enter(theirs)
        assert refused.value.code == Code.SERVER_STOPPING
        assert await ada.enter() == room_of(two.here)
    await stream.aclose()


async def test_quick_play_stays_here_where_the_room_elsewhere_is_full_by_now(two: Two) -> None:
    here, theirs = company(two.here), two.there.server.room
    stream = await person(two.there)
    await really(lambda: any(entry.notice.people for entry in here.others))
    theirs.players_max = len(theirs.players)
    await really(lambda: any(entry.notice.people and not entry.free for entry in here.others))
    full = next(entry for entry in here.others if entry.notice.people)
    notice = msgspec.structs.replace(full.notice, seats=64)
    async with bots.connect(two.here.url, "Ada", role="visitor") as ada:
        here.leading.others = [msgspec.structs.replace(full, notice=notice)]
        assert here.leading.livelier(Enter(), None) == theirs.name
        assert await ada.enter() == room_of(two.here)
    await stream.aclose()


async def test_ones_own_full_room_can_be_entered_again(two: Two) -> None:
    room = two.here.server.room
    async with bots.connect(two.here.url, "Ada", room=room.name) as ada:
        room.players_max = len(room.players)
        assert await ada.enter(room.name) == room.name


async def test_a_key_that_is_lost_is_replaced_by_one_for_all(two: Two, redis: Redis) -> None:
    here, there = company(two.here), company(two.there)
    former = here.passes.key
    assert former is not None
    assert former == there.passes.key
    redis.kill()
    await really(lambda: here._keyed_s < 0 and there._keyed_s < 0)
    redis.start()
    await really(lambda: here.passes.key == there.passes.key != former)


async def test_what_is_left_of_a_former_life_of_ours_leads_nobody_round_in_circles(two: Two) -> None:
    here, theirs = company(two.here), room_of(two.there)
    here.url = company(two.there).url
    with pytest.raises(Violation) as refused:
        await here.leading.find(theirs, "")
    assert refused.value.code == Code.ROOM_NOT_FOUND
    await really(lambda: not here.others)


async def test_who_cannot_be_told_where_the_room_is_comes_back_for_it(two: Two) -> None:
    here = company(two.here)
    entry = await here.directory.find(room_of(two.there))
    assert entry is not None
    ann = Stepper().visit("Ann")
    ann.link.blocked = True
    here.leading.say_where(ann.session, Enter(room_of(two.there)), entry, "seat")
    assert ann.session.state is State.ENDED
    assert ann.link.closed is not None
    assert ann.link.closed[0] == Code.TOO_SLOW


async def test_redis_may_go_and_come_while_people_play(two: Two, redis: Redis) -> None:
    async with bots.connect(two.here.url, "Ada", room=room_of(two.there)) as ada:
        redis.kill()
        tick = ada.view.tick
        await really(lambda: ada.view.tick > tick + 150)
        async with bots.connect(two.here.url, "Bob", room=room_of(two.there)) as bob:
            assert bob.room == room_of(two.there), "known rooms can still be gone to"
        redis.start()
        await two.settle()
        counted = company(two.there).membership.counted
        await really(lambda: ada.view.tick > tick + 300)
        assert (counted.rooms_lost, counted.leases_lost) == (0, 0)
        assert ada.room == room_of(two.there)


async def test_a_room_that_follows_one_that_an_admin_has_closed_goes_on(two: Two) -> None:
    server, name = two.there.server, room_of(two.there)
    await really(lambda: company(two.there).membership.fence(name) > 0)
    closed, former = server.room, company(two.there).membership.fence(name)
    server.close_room(name, trio.current_time())
    fresh = server.room
    assert fresh is not closed
    await really(lambda: company(two.there).membership.fence(name) > former)
    await really(lambda: fresh.tick > 60)
    assert server.room is fresh
    assert company(two.there).membership.counted.rooms_lost == 0
    assert await company(two.here).directory.find(name) is not None


async def test_a_room_that_is_lost_stops_and_runs_again_and_who_leaves_leaves_nothing_behind(two: Two) -> None:
    lost, name = two.there.server.room, room_of(two.there)
    theirs = company(two.there)
    await theirs.directory.leave(theirs.membership.lease, False)
    await really(lambda: two.there.server.lobby.rooms.get(name) is not lost)
    tick = lost.tick
    await really(lambda: name in two.there.server.lobby.rooms)
    assert lost.tick == tick
    again = two.there.server.room
    async with bots.connect(two.here.url, "Ada", room=name):
        assert again.tick > 0
    await two.there.server.drain()
    names = {entry.notice.name for entry in await company(two.here).directory.listed(100)}
    assert names == {room_of(two.here)}
    assert len(await company(two.here).directory.processes()) == 1
