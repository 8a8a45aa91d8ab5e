"""Draining: who is waited for, for how long, who may come in meanwhile, and what everybody is told."""

import pytest
import trio
import trio.testing

from protocol.errors import Code
from server.drain import is_idle, let_finish
from server.games.melee import Melee
from server.seats import Doors
from tests.instruments.stepper import Stepper
from tests.server.conversations import open_room
from tests.server.test_game import Notary

Clock = trio.testing.MockClock


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


async def waited_s(stepper: Stepper, patience_s: float) -> float:
    began_s = trio.current_time()
    await let_finish(stepper.lobby, patience_s)
    return trio.current_time() - began_s


async def test_where_no_person_plays_nobody_is_waited_for(stepper: Stepper, autojump_clock: Clock) -> None:
    stepper.join("Robot", bot=True)
    stepper.join("Eve", role="spectator")
    stepper.drop(stepper.join("Gone"))
    assert await waited_s(stepper, 20.0) == 0.0
    assert stepper.lobby.doors is Doors.RETURNING


async def test_people_get_all_the_time_there_is(stepper: Stepper, autojump_clock: Clock) -> None:
    stepper.join("Ann")
    assert await waited_s(stepper, 20.0) == pytest.approx(20.0)


async def test_who_comes_back_to_a_room_that_rested_is_told_how_long_it_is_until_then(
    stepper: Stepper, nursery: trio.Nursery, autojump_clock: Clock
) -> None:
    ann, _ = stepper.join("Ann"), (open_room(stepper, "side"), stepper.join("Bob", room="side"))
    stepper.drop(ann)
    stepper.room.is_resting = True
    nursery.start_soon(waited_s, stepper, 20.0)
    await trio.sleep(15.01)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    [told] = back.events_named("stopping")
    assert told["ends_tick"] - stepper.room.tick == pytest.approx(5 * 60, abs=6)


async def test_no_patience_waits_for_nobody(stepper: Stepper, autojump_clock: Clock) -> None:
    stepper.join("Ann")
    assert await waited_s(stepper, 0.0) == 0.0


async def test_the_end_of_the_match_or_of_the_last_conversation_ends_it(
    stepper: Stepper, nursery: trio.Nursery, autojump_clock: Clock
) -> None:
    ann, game = stepper.join("Ann"), stepper.room.game
    assert isinstance(game, Melee)

    async def finish() -> None:
        await trio.sleep(5.0)
        game.phase = "podium"

    nursery.start_soon(finish)
    assert await waited_s(stepper, 20.0) == pytest.approx(5.0, abs=0.1)
    game.phase = "play"
    assert not is_idle(stepper.lobby)
    stepper.drop(ann)
    assert is_idle(stepper.lobby)


async def test_a_game_that_never_rests_is_given_its_time(autojump_clock: Clock) -> None:
    stepper = Stepper(game=Notary)
    stepper.join("Ann")
    assert await waited_s(stepper, 3.0) == pytest.approx(3.0)


async def test_everybody_hears_when_and_so_does_whoever_comes_back(
    stepper: Stepper, nursery: trio.Nursery, autojump_clock: Clock
) -> None:
    ann, eve = stepper.join("Ann"), stepper.join("Eve", role="spectator")
    stepper.step(100)
    nursery.start_soon(let_finish, stepper.lobby, 20.0)
    await trio.sleep(1.0)
    stepper.step(2)
    for client in (ann, eve):
        assert client.events_named("stopping") == [{"ends_tick": 100 + 20 * 60}]
    stepper.drop(ann)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    assert back.events_named("stopping") == [{"ends_tick": 100 + 20 * 60}]
    newcomer = stepper.join("Bob")
    assert newcomer.bye is not None
    assert newcomer.bye.code == Code.SERVER_STOPPING
    assert list(stepper.room.players) == [1]


async def test_a_shut_gate_keeps_everybodys_token_good(stepper: Stepper, autojump_clock: Clock) -> None:
    ann = stepper.join("Ann")
    stepper.drop(ann)
    stepper.lobby.doors = Doors.SHUT
    refused = stepper.join("Ann", resume=ann.welcome.resume)
    assert refused.bye is not None
    assert refused.bye.code == Code.SERVER_STOPPING
    stepper.lobby.doors = Doors.OPEN
    assert stepper.join("Ann", resume=ann.welcome.resume).welcome.player == 1


async def test_each_room_is_waited_for_until_its_own_match_is_over(
    stepper: Stepper, nursery: trio.Nursery, autojump_clock: Clock
) -> None:
    open_room(stepper, "side")
    open_room(stepper, "empty")
    stepper.join("Ann", room="main")
    stepper.join("Bob", room="side")

    async def finish(name: str, after_s: float) -> None:
        game = stepper.lobby.rooms[name].game
        assert isinstance(game, Melee)
        await trio.sleep(after_s)
        game.phase = "podium"
        await trio.sleep(1.0)
        game.phase = "play"

    nursery.start_soon(finish, "main", 3.0)
    nursery.start_soon(finish, "side", 7.0)
    assert await waited_s(stepper, 20.0) == pytest.approx(7.0, abs=0.1)
