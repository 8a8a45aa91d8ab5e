"""A process vanishes, and its rooms come up in another: two whole servers, one directory, one folder."""

import pytest
import trio
import trio.testing

from protocol.errors import Code
from server.cluster.directory import LocalDirectory
from server.cluster.ledger import Ledger
from server.cluster.records import Timing
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
