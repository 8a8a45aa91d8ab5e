"""Who watches sees what they look at: a player, wherever that goes, or a place."""

import pytest

from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, WATCHES_BURST_MAX
from protocol.messages import Leave, Watch
from server.games.melee import Melee
from tests.instruments.stepper import Client, Stepper, arena_named


def believed(client: Client) -> set[int]:
    """The cells that it knows."""
    return set(client.beliefs.cells)


def around(stepper: Stepper, x: float, y: float) -> set[int]:
    return set(stepper.room.grid.around(x, y))


@pytest.fixture
def stepper() -> Stepper:
    """In the arena that is so large that nobody sees all of it."""
    return Stepper(3, arena_named("belt"))


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_one_looks_at_the_middle_and_then_along_with_a_player(stepper: Stepper, subprotocol: str) -> None:
    ann = stepper.join("Ann")
    eve = stepper.join("Eve", subprotocol, role="spectator")
    stepper.step(4)
    assert believed(eve) >= around(stepper, *stepper.room.arena.middle)
    eve.say(Watch(ann.player.id), stepper.now_s)
    stepper.step(4)
    assert believed(eve) >= around(stepper, *ann.player.eye)
    assert isinstance(stepper.room.game, Melee)
    stepper.room.game.fighters[ann.player.id].respawn_until = 10**9
    stepper.room.world.remove(ann.player.ship)
    ann.player.ship, ann.player.eye = 0, (500.0, 500.0)
    stepper.step(4)
    assert believed(eve) >= around(stepper, 500.0, 500.0)
    assert not eve.beliefs.mismatches
    assert not eve.errors


def test_one_roams_within_the_arena(stepper: Stepper) -> None:
    size = stepper.room.arena.size
    eve = stepper.join("Eve", role="spectator")
    stepper.join("Ann")
    for x, y in ((100, 100), (16384, 16384)):
        eve.say(Watch(0, x, y), stepper.now_s)
        stepper.step(4)
        assert believed(eve) == around(stepper, min(x, size.width), min(y, size.height))


def test_when_the_one_who_is_followed_goes_the_gaze_stays(stepper: Stepper) -> None:
    ann, eve = stepper.join("Ann"), stepper.join("Eve", role="spectator")
    eve.say(Watch(ann.player.id), stepper.now_s)
    stepper.step(4)
    eye = ann.player.eye
    ann.say(Leave(), stepper.now_s)
    stepper.clients.remove(ann)
    stepper.step(4)
    assert believed(eve) >= around(stepper, *eye)
    eve.say(Watch(77), stepper.now_s)
    stepper.step(4)
    assert believed(eve) >= around(stepper, *eye), "and nobody is followed who isn't there"


def test_what_happens_near_is_heard_where_one_looks(stepper: Stepper) -> None:
    near, far = stepper.join("Near", role="spectator"), stepper.join("Far", role="spectator")
    near.say(Watch(0, 300, 300), stepper.now_s)
    stepper.room.say_near("pulse", {"player": 1}, 400.0, 400.0, 704.0)
    stepper.step(4)
    assert near.events_named("pulse") == [{"player": 1}]
    assert far.events_named("pulse") == []


def test_who_plays_has_a_ship_to_look_from(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    ann.say(Watch(bob.player.id), stepper.now_s)
    assert [error.code for error in ann.errors] == [Code.NOT_ALLOWED]
    assert ann.bye is None


def test_there_is_an_end_to_looking_about(stepper: Stepper) -> None:
    eve, ann = stepper.join("Eve", role="spectator"), stepper.join("Ann")
    for n in range(WATCHES_BURST_MAX):
        eve.say(Watch(0, 50 * n, 50 * n), stepper.now_s)
    assert eve.bye is None
    eve.say(Watch(0, 0, 0), stepper.now_s)
    assert eve.bye is not None
    assert eve.bye.code == Code.TOO_MANY_MESSAGES
    assert ann.bye is None


def test_a_spectator_who_has_gone_is_shown_nothing(stepper: Stepper) -> None:
    eve = stepper.join("Eve", role="spectator")
    stepper.step(4)
    assert stepper.room.spectators == 1
    stepper.drop(eve)
    assert stepper.room.spectators == 0
    stepper.step(4)
