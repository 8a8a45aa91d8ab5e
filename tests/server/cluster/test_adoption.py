"""A process vanishes, and its rooms come up in another: two whole servers, one directory, one folder."""

import pytest
import trio
import trio.testing

from protocol.errors import Code
from protocol.messages import Enter, Open
from server.checkpoint import SavedRoom
from server.cluster import leading
from server.cluster.adoption import READ_S_MAX
from server.cluster.directory import LocalDirectory
from server.cluster.ledger import Ledger
from server.cluster.records import Timing
from server.room import Room
from tests.instruments.stepper import Client
from tests.server.cluster.neighbours import Memory, Neighbour, Street, melee_of

Clock = trio.testing.MockClock
TTL_S = Timing().ttl_s
BACK_S_MAX = 5.0


@pytest.fixture
def directory() -> LocalDirectory:
    return LocalDirectory(Ledger(Timing()))


@pytest.fixture
def place() -> Memory:
    return Memory()


@pytest.fixture
async def street(nursery: trio.Nursery, mock_clock: Clock, directory: LocalDirectory, place: Memory) -> Street:
    """Two neighbours, `here` and `there`."""
    street = Street(mock_clock)
    for name in ("here", "there"):
        street.neighbours.append(one := Neighbour(name, directory, place, nursery))
        await one.live()
    await street.pass_time(3)
    return street


def bye_of(client: Client) -> int:
    assert client.bye is not None
    return client.bye.code


async def orphaned(street: Street) -> str:
    """The name of a room with somebody in it, whose process has just vanished."""
    there = street.neighbours[1]
    there.hail()
    await street.pass_time(2)
    there.vanish()
    return there.server.room.name


async def test_a_room_of_a_process_that_vanished_goes_on_here_with_its_players_ship_and_score(
    street: Street, mock_clock: Clock
) -> None:
    here, there = street.neighbours
    ann = there.hail()
    room, resume = there.server.room, ann.welcome.resume
    melee_of(room).fighters[ann.player.id].score = 350
    await street.pass_time(3)
    ship = ann.player.ship
    there.vanish()
    await street.pass_time(1)
    led = here.hail(room=room.name, resume=resume)
    await street.pass_time(1)
    assert bye_of(led) == Code.MOVED, "nobody knows yet"
    await street.pass_time(6)
    waits = here.hail(room=room.name, resume=resume)
    await street.pass_time(1)
    assert bye_of(waits) == Code.ROOM_RETURNING, "its owner is silent"
    took_s = 9 + await street.pass_time(40, until=lambda: room.name in here.rooms)
    assert TTL_S - 3 < took_s < TTL_S + BACK_S_MAX
    again = here.rooms[room.name]
    back = here.hail(room=room.name, resume=resume)
    assert back.welcome.room == room.name
    assert (back.player.id, back.player.ship) == (1, ship)
    assert back.events_named("scores")[0]["scores"][0][:2] == [1, 350]
    await street.pass_time(2)
    assert again.tick > 0
    counted = here.company.membership.counted
    assert (counted.rooms_adopted, counted.orphans_let_go) == (1, 0)
    assert 0 < counted.adoption_s < BACK_S_MAX
    assert not again.card.is_permanent, "it ends when nobody is there"


async def test_who_comes_from_the_lobbys_page_is_led_back_with_their_token_as_well(
    street: Street, mock_clock: Clock
) -> None:
    here, there = street.neighbours
    name = there.server.room.name
    ann = there.hail(role="visitor")
    there.say(ann, Enter(name))
    await street.pass_time(3)
    resume = ann.welcome.resume
    there.vanish()
    await street.pass_time(8)
    waits = here.hail(role="visitor", room=name, resume=resume)
    await street.pass_time(1)
    assert bye_of(waits) == Code.ROOM_RETURNING
    await street.pass_time(20, until=lambda: name in here.rooms)
    assert here.hail(role="visitor", room=name, resume=resume).welcome.player == 1
    newcomer = here.hail(role="visitor", room=name)
    assert newcomer.news, "who has no token looks around first"


async def test_of_several_one_alone_goes_on_with_a_room_and_leads_whoever_asks_the_other(
    street: Street, mock_clock: Clock, directory: LocalDirectory, place: Memory, nursery: trio.Nursery
) -> None:
    here, there = street.neighbours
    street.neighbours.append(third := Neighbour("third", directory, place, nursery))
    await third.live()
    names, tokens = {there.server.room.name}, {there.server.room.name: there.hail().welcome.resume}
    for title in ("One", "Two", "Three"):
        ann = there.hail(role="visitor")
        there.say(ann, Open(title, "melee", "belt"))
        await street.pass_time(0.5)
        names.add(ann.welcome.room)
        tokens[ann.welcome.room] = ann.welcome.resume
    await street.pass_time(3)
    there.vanish()
    await street.pass_time(25, until=lambda: names <= here.rooms.keys() | third.rooms.keys())
    await street.pass_time(2)
    assert not here.rooms.keys() & third.rooms.keys()
    for name, resume in tokens.items():
        owner, other = (here, third) if name in here.rooms else (third, here)
        led = other.hail(room=name, resume=resume)
        await street.pass_time(0.5)
        assert bye_of(led) == Code.MOVED
        assert owner.hail(room=name, resume=resume).welcome.player == 1
    assert sum(one.company.membership.counted.rooms_adopted for one in (here, third)) == 4


async def test_a_process_with_no_place_adopts_nothing(street: Street, mock_clock: Clock) -> None:
    here, there = street.neighbours
    here.server.lobby.openings.rooms_max = 1
    there.vanish()
    await street.pass_time(TTL_S + 10)
    assert len(here.rooms) == 1
    here.server.lobby.openings.rooms_max = 2
    await street.pass_time(3)
    assert len(here.rooms) == 2


async def test_what_has_no_checkpoint_is_let_go_unless_it_is_the_operators(
    street: Street, mock_clock: Clock, place: Memory
) -> None:
    here, there = street.neighbours
    permanent = there.server.room.name
    ann = there.hail(role="visitor")
    there.say(ann, Open("Ours", "melee", "belt"))
    await street.pass_time(0.5)
    opened = ann.welcome.room
    await street.pass_time(2)
    there.vanish()
    place.kept.clear()
    await street.pass_time(TTL_S + 5)
    assert permanent in here.rooms
    assert (here.rooms[permanent].card.title, len(here.rooms[permanent].players)) == ("pinball", 0)
    assert opened not in here.rooms
    counted = here.company.membership.counted
    assert (counted.rooms_adopted, counted.orphans_let_go) == (1, 1)
    gone = here.hail(room=opened)
    await street.pass_time(1)
    assert bye_of(gone) == Code.ROOM_NOT_FOUND, "nobody waits for it any more"


async def test_a_checkpoint_that_cannot_be_gone_on_from_is_refused(
    street: Street, mock_clock: Clock, place: Memory
) -> None:
    here, name = street.neighbours[0], await orphaned(street)
    for key in place.kept:
        place.kept[key] = b"rubbish"
    await street.pass_time(TTL_S + 5)
    assert here.server.lobby.keeping.checkpoints_refused == 1
    assert not here.rooms[name].players, "it is the operator's, and afresh"


async def test_a_place_that_is_away_for_a_moment_is_waited_for(
    street: Street, mock_clock: Clock, place: Memory
) -> None:
    here, name = street.neighbours[0], await orphaned(street)
    await street.pass_time(TTL_S - 4)
    place.why_broken = "no route to host"
    await street.pass_time(20, until=lambda: here.adoption.expects(name))
    ann = here.hail(room=name)
    await street.pass_time(2)
    assert bye_of(ann) == Code.ROOM_RETURNING, "it is on its way here"
    place.why_broken = ""
    await street.pass_time(5)
    assert len(here.rooms[name].players) == 1


async def test_a_place_that_stays_away_is_not_waited_for_for_ever(
    street: Street, mock_clock: Clock, place: Memory
) -> None:
    here, name = street.neighbours[0], await orphaned(street)
    place.why_broken = "no route to host"
    await street.pass_time(TTL_S + READ_S_MAX - 2)
    assert name not in here.rooms
    await street.pass_time(6, until=lambda: name in here.rooms)
    assert not here.rooms[name].players, "it is the operator's, and afresh"
    assert here.server.lobby.keeping.checkpoints_refused == 1


async def test_who_stops_in_good_order_hands_over_at_once(street: Street, mock_clock: Clock) -> None:
    here, there = street.neighbours
    name, resume = there.server.room.name, there.hail().welcome.resume
    await street.pass_time(2)
    await there.server.drain()
    there.vanish()
    took_s = await street.pass_time(20, until=lambda: name in here.rooms)
    assert took_s < 3
    assert here.hail(room=name, resume=resume).welcome.player == 1


async def test_a_room_that_has_ended_is_nobodys(street: Street, mock_clock: Clock, place: Memory) -> None:
    here, there = street.neighbours
    ann = there.hail(role="visitor")
    there.say(ann, Open("Ours", "melee", "belt"))
    await street.pass_time(0.5)
    opened = ann.welcome.room
    await street.pass_time(2)
    there.server.close_room(opened, trio.current_time())
    await street.pass_time(2)
    assert not [key for key in place.kept if key.startswith(opened)]
    there.vanish()
    await street.pass_time(TTL_S + 5)
    assert opened not in here.rooms


async def test_who_is_cut_off_stops_and_tells_its_people_to_wait_and_opens_another_room_when_it_is_back(
    street: Street, mock_clock: Clock
) -> None:
    here, there = street.neighbours
    room = there.server.room
    ann = there.hail()
    await street.pass_time(2)
    there.cut = True
    there.server._keeper._every_s = 1e6  # type: ignore[union-attr]  # nothing more is written in passing
    await street.pass_time(8)
    melee_of(room).fighters[ann.player.id].score = 350
    await street.pass_time(TTL_S, until=lambda: room.name not in there.rooms)
    await street.pass_time(0.5)
    assert bye_of(ann) == Code.ROOM_RETURNING
    waits = there.hail(room=room.name, resume=ann.welcome.resume)
    await street.pass_time(0.5)
    assert bye_of(waits) == Code.ROOM_RETURNING, "it knows that it was its own"
    await street.pass_time(10, until=lambda: room.name in here.rooms)
    tick = room.tick
    there.cut = False
    await street.pass_time(5)
    assert room.tick == tick
    assert there.rooms, "it has another room now"
    assert room.name not in there.rooms
    led = there.hail(room=room.name, resume=ann.welcome.resume)
    await street.pass_time(0.5)
    assert bye_of(led) == Code.MOVED
    back = here.hail(room=room.name, resume=ann.welcome.resume)
    assert back.welcome.player == 1
    assert back.events_named("scores")[0]["scores"][0][:2] == [1, 350], "it was written down as it stopped"


async def test_a_room_of_a_former_life_at_the_same_address_is_waited_for(
    street: Street, mock_clock: Clock, directory: LocalDirectory, place: Memory, nursery: trio.Nursery
) -> None:
    _, there = street.neighbours
    name, resume = there.server.room.name, there.hail().welcome.resume
    await street.pass_time(2)
    there.vanish()
    street.neighbours.append(again := Neighbour("there", directory, place, nursery))
    await again.live()
    await street.pass_time(1)
    assert name not in again.rooms, "each life has rooms of its own"
    waits = again.hail(room=name, resume=resume)
    await street.pass_time(0.5)
    assert bye_of(waits) == Code.ROOM_RETURNING


async def test_who_asks_when_nobody_can_be_asked_is_told_to_ask_again(
    street: Street, mock_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = street.neighbours
    name = there.server.room.name
    monkeypatch.setattr(leading, "LEADING_MAX", 0)
    assert bye_of(here.hail(room=name)) == Code.ROOM_RETURNING
    monkeypatch.undo()
    here.cut = True
    here.company.leading.others = []
    ann = here.hail(room=name, resume="token")
    await street.pass_time(1)
    assert bye_of(ann) == Code.ROOM_RETURNING, "who knows?"


async def test_a_mistake_of_ours_in_one_room_holds_up_no_other(
    street: Street, mock_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = street.neighbours
    ann = there.hail(role="visitor")
    there.say(ann, Open("Ours", "melee", "belt"))
    await street.pass_time(3)
    opened, permanent = ann.welcome.room, there.server.room.name
    catalogue = here.server.lobby.catalogue
    assert catalogue is not None
    revive = catalogue.revive

    def fails(saved: SavedRoom) -> Room:
        if saved.name == permanent:
            raise ArithmeticError("as from a game of somebody's")
        return revive(saved)

    monkeypatch.setattr(catalogue, "revive", fails)
    there.vanish()
    await street.pass_time(TTL_S + 5)
    assert opened in here.rooms
    assert permanent not in here.rooms
    assert here.company.membership.fence(permanent) == 0, "nobody holds what nobody runs"
    faults = here.server.lobby.faults
    assert faults.rooms_failed + faults.chores_failed == 1
