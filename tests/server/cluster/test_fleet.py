"""Whole servers on a clock of the test's own: what is said or decided in one holds in all, whatever comes between."""

from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from protocol.errors import Code
from protocol.messages import Rename
from server.cluster import news
from server.cluster.law import CATCH_UP_EVERY_S
from server.cluster.peers import SILENCE_S_MAX
from server.moderation import CantBe, DrainOrder
from server.seats import Doors
from tests.instruments.keys import SECRET, token
from tests.server.cluster.fleets import Flotilla, Member, heard, say

EVE = "1.2.3.4:1"
Two = tuple[Member, Member]


@pytest.fixture
async def flotilla(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> Flotilla:
    return Flotilla(nursery, monkeypatch)


@pytest.fixture
async def two(flotilla: Flotilla) -> Two:
    return await flotilla.launch(), await flotilla.launch(map="belt")


def is_banned(member: Member, address: str = EVE) -> bool:
    client = member.meet("Eve", address)
    client.session.lost(trio.current_time())
    return client.bye is not None and client.bye.code == Code.BANNED


async def test_a_ban_is_in_force_everywhere_within_a_second_and_so_is_its_lift(
    two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    eve, ann = there.meet("Eve", EVE), there.meet("Ann", "9.9.9.9:1")
    await here.order("ban", address="1.2.3.4", seconds=60.0, reason="spam")
    await trio.sleep(0.1)
    eve.read()
    assert eve.bye is not None
    assert (eve.bye.code, eve.bye.sentence) == (Code.BANNED, "banned for 60 s: spam")
    assert ann.session.is_in
    assert is_banned(there)
    await there.order("unban", address="1.2.3.4")
    await trio.sleep(0.1)
    assert not is_banned(here)
    assert not is_banned(there)


async def test_who_is_mute_in_one_is_in_all_and_what_they_said_is_remembered_nowhere(
    two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    eve = there.meet("Eve", EVE)
    say(eve, "rude")
    await trio.sleep(0.1)
    assert heard(here.meet("Ann", "9.9.9.9:1")) == ["Eve: rude"]
    await here.order("mute", address="1.2.3.4")
    await trio.sleep(2.0)
    say(eve, "ruder")
    assert [error.code for error in eve.errors] == [Code.CHAT_REFUSED]
    assert heard(there.meet("Zoe", "9.9.9.8:1")) == []


async def test_whoever_starts_or_was_cut_off_catches_up(
    flotilla: Flotilla, two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    there.bus.cut()
    await here.order("ban", address="1.2.3.4")
    await there.order("ban", address="5.6.7.8")
    await trio.sleep(1.0)
    assert not is_banned(there), "it goes on by itself"
    late = await flotilla.launch()
    await trio.sleep(0.1)
    assert is_banned(late)
    there.bus.mend()
    await trio.sleep(CATCH_UP_EVERY_S + 0.1)
    for member in (here, there, late):
        assert is_banned(member)
        assert is_banned(member, "5.6.7.8:1")


async def test_who_was_cut_off_brings_no_ban_back_that_was_lifted_meanwhile(
    two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    await here.order("ban", address="1.2.3.4")
    await trio.sleep(0.1)
    there.bus.cut()
    await here.order("unban", address="1.2.3.4")
    await trio.sleep(1.0)
    assert is_banned(there)
    there.bus.mend()
    await trio.sleep(0.1)
    assert not is_banned(there)
    await trio.sleep(CATCH_UP_EVERY_S + 0.1)
    assert not is_banned(here)


async def test_what_is_kept_may_be_lost_and_nobody_is_let_in_for_that(
    flotilla: Flotilla, two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    await here.order("ban", address="1.2.3.4")
    await trio.sleep(0.1)
    flotilla.air.forget()
    await trio.sleep(CATCH_UP_EVERY_S + 0.1)
    assert is_banned(here)
    assert is_banned(there)
    assert is_banned(await flotilla.launch())


async def test_what_is_said_in_one_lobby_is_heard_in_all(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    ann, bob = here.meet("Ann", "1.1.1.1:1"), there.meet("Bob", "2.2.2.2:1")
    playing = there.meet("Zoe", "3.3.3.3:1", role="player")
    say(ann, "hello")
    await trio.sleep(1.0)
    say(bob, "hello yourself")
    await trio.sleep(0.1)
    for client in (ann, bob):
        assert heard(client) == ["Ann: hello", "Bob: hello yourself"]
    assert playing.session.seat is not None
    playing.session.seat.viewer.pay()
    assert heard(playing) == ["Ann: hello", "Bob: hello yourself"]
    assert heard(there.meet("Late", "4.4.4.4:1")) == ["Ann: hello", "Bob: hello yourself"]


async def test_nobody_has_the_number_of_somebody_from_elsewhere_and_one_may_mute_them(
    two: Two, autojump_clock: MockClock
) -> None:
    here, there = two
    ann, bob = here.meet("Ann", "1.1.1.1:1"), there.meet("Bob", "2.2.2.2:1")
    assert ann.session.speaker is not None
    assert bob.session.speaker is not None
    assert ann.session.speaker.named.number == bob.session.speaker.named.number == 1
    say(ann, "one")
    await trio.sleep(0.1)
    bob.read()
    who = bob.chats[-1].who
    assert who not in (0, 1)
    say(bob, f"/mute #{who}")
    await trio.sleep(1.0)
    say(ann, "two")
    await trio.sleep(0.1)
    assert heard(bob) == ["Ann: one"]
    say(bob, "/report Ann for that")
    (report,) = there.server.lobby.talk.reports.listed(trio.current_time())
    assert (report["name"], report["known_as"]) == ("Ann", "address:1.1.1.1")


async def test_an_admin_in_chat_kicks_somebody_who_is_elsewhere(
    flotilla: Flotilla, autojump_clock: MockClock, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    here, there = await flotilla.launch(jwt_secret=tmp_path / "secret"), await flotilla.launch()
    admin = token(sub="root", role="admin", exp=4_000_000_000)
    root, eve = here.meet("Root", "9.9.9.9:1", token=admin), there.meet("Eve", "[2001:db8::1]:5")
    twin = there.meet("Twin", "[2001:db8::1]:6")
    say(eve, "rude")
    await trio.sleep(0.1)
    say(root, "/kick Eve for that")
    root.read()
    assert root.chats[-1].text.startswith("Asked the other servers to send Eve #")
    await trio.sleep(0.1)
    eve.read()
    assert eve.bye is not None
    assert eve.bye.sentence == "kicked by an admin: for that"
    assert twin.session.is_in


async def test_who_is_to_be_kicked_elsewhere_is_so_by_another_name_as_well(
    flotilla: Flotilla, autojump_clock: MockClock, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    here, there = await flotilla.launch(jwt_secret=tmp_path / "secret"), await flotilla.launch()
    admin = token(sub="root", role="admin", exp=4_000_000_000)
    root, eve = here.meet("Root", "9.9.9.9:1", token=admin), there.meet("Eve", EVE)
    eve.say(Rename("Zoe"), trio.current_time())
    say(eve, "rude")
    await trio.sleep(0.1)
    eve.say(Rename("Mia"), trio.current_time())
    say(root, "/kick Zoe for that")
    await trio.sleep(0.1)
    eve.read()
    assert eve.bye is not None
    assert eve.bye.sentence == "kicked by an admin: for that"


async def test_how_many_people_there_are_is_counted_over_all(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    ann = here.meet("Ann", "1.1.1.1:1")
    there.meet("Bob", "2.2.2.2:1")
    there.meet("Zoe", "3.3.3.3:1", role="player")
    await trio.sleep(2.1)
    assert here.server.lobby.talk.afar.people == 2
    assert here.server.lobby.talk.afar.visitors == 1
    await trio.sleep(2.0)
    ann.read()
    assert ann.news[-1].people == 3
    say(ann, "/who")
    ann.read()
    assert ann.chats[-1].text == "1 is on this server, and 2 on others"
    there.bus.cut()
    await trio.sleep(SILENCE_S_MAX + 2.1)
    assert here.server.lobby.talk.afar.people == 0
    await trio.sleep(2.0)
    ann.read()
    assert ann.news[-1].people == 1


async def test_who_leaves_is_not_waited_for(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    await trio.sleep(1.1)
    assert len(here.fleet.peers) == 1
    await there.fleet.leave()
    await trio.sleep(0.1)
    assert len(here.fleet.peers) == 0
    await trio.sleep(3.0)
    assert len(here.fleet.peers) == 0, "it says no more that it is there"


async def test_a_room_is_closed_and_people_are_kicked_from_any_process(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    ann, eve = there.meet("Ann", "1.1.1.1:1", role="player"), there.meet("Eve", EVE, role="player")
    twin, bob = here.meet("Twin", EVE), there.meet("Bob", "2.2.2.2:1")
    await trio.sleep(1.1)
    room = there.server.room
    assert await here.order("kick", room="belt", player=ann.player.id) == "elsewhere: kicked 1"
    assert await here.order("kick", address="1.2.3.4", reason="spam") == (
        "kicked 1, all who are known as address:1.2.3.4; elsewhere: kicked 1, all who are known as address:1.2.3.4"
    )
    for client in (ann, eve, twin):
        client.read()
        assert client.bye is not None
        assert client.bye.code == Code.KICKED
    session = there.server.moderation.players(trio.current_time())[-1]["session"]
    assert (await here.order("ban", session=session, seconds=60.0)).startswith("elsewhere: banned address:2.2.2.2 bob")
    assert not bob.session.is_in
    await trio.sleep(0.1)
    assert here.meet("Bob", "2.2.2.2:1").bye is not None
    assert await here.order("close", room="belt") == (
        "elsewhere: closed the room belt; a fresh one is open in its place"
    )
    assert there.server.room is not room
    with pytest.raises(CantBe, match=r"^nobody like that is here$"):
        await here.order("kick", subject="nobody")


async def test_who_does_not_answer_is_told_of(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    await trio.sleep(1.1)
    there.bus.cut()
    with pytest.raises(CantBe, match="there is no room 'belt'; 1 other process did not answer"):
        await here.order("close", room="belt")


async def test_one_process_another_or_all_are_drained(flotilla: Flotilla, two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    third = await flotilla.launch()
    drained = list[Member]()
    for member in (here, there, third):
        member.server.moderation.drain = partial(drained.append, member)
    await trio.sleep(1.1)
    assert await here.fleet.drain(DrainOrder(), "root") == ("draining", True)
    assert not drained, "whoever asked does so when they have answered"
    done = await here.fleet.drain(DrainOrder(process=there.fleet.id), "root")
    assert (done, drained) == ((f"the process {there.fleet.id} is draining", False), [there])
    done = await here.fleet.drain(DrainOrder(everywhere=True), "root")
    assert done == ("draining, and 2 other processes with this one", True)
    assert set(drained) == {there, third}
    with pytest.raises(CantBe, match="there is no process"):
        await here.fleet.drain(DrainOrder(process="abc"), "root")


async def test_the_dashboard_is_told_of_all(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    there.meet("Ann", "1.1.1.1:1", role="player")
    await trio.sleep(3.1)
    there.server.lobby.doors = Doors.RETURNING
    await trio.sleep(3.1)
    mine, theirs = here.fleet.processes()
    assert (mine.is_here, mine.is_open, mine.rooms, mine.people) == (True, True, 1, 0)
    assert (theirs.is_here, theirs.is_open, theirs.people, theirs.players) == (False, False, 1, 1)
    assert theirs.id == there.fleet.id
    assert theirs.heard_s <= 1.0
    assert theirs.tick_p99_ms is not None


async def test_what_is_no_news_ends_nothing_and_is_counted(two: Two, autojump_clock: MockClock) -> None:
    here, there = two
    there.bus.say(b"nonsense")
    there.bus.say(news.told("f" * 12, news.Line(1, "\n", "k", "k", "what\never")))
    await trio.sleep(0.1)
    counted = here.server.lobby.talk.counted
    assert (here.fleet.counted.news_refused, counted.chat_not_overheard, counted.chat_overheard) == (1, 1, 0)
    await here.order("ban", address="1.2.3.4")
    with pytest.raises(CantBe, match="there is no room 'nowhere'"):
        await here.order("close", room="nowhere")
