"""Seats: who may take one over, who may not, how long it is kept, and that a wrong token changes nothing."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as draw
from msgspec.structs import replace

from protocol.errors import Code
from protocol.limits import SEAT_KEPT_S, SUBPROTOCOL_JSON
from protocol.messages import Chat, Hello, Inputs, Leave, Ping
from protocol.motion import Input
from server.checkpoint import capture
from server.games.melee import Melee
from tests.instruments.stepper import Stepper, wander
from tests.server.conversations import code_of


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


def test_the_right_token_gives_the_same_ship_score_and_inputs_back(stepper: Stepper) -> None:
    game = stepper.room.game
    assert isinstance(game, Melee)
    ann = stepper.join("Ann")
    ann.pilot = wander(Random(1))
    stepper.step(90)
    player, ship = ann.player, ann.player.ship
    game.fighters[player.id].score = 350
    stepper.drop(ann)
    stepper.step(60)
    back = stepper.join("Somebody", SUBPROTOCOL_JSON, resume=ann.welcome.resume)
    assert back.player is player
    assert (player.ship, player.name, back.welcome.player) == (ship, "Ann", ann.welcome.player)
    assert back.welcome.tick == 150
    assert back.welcome.resume != ann.welcome.resume
    assert back.events_named("scores")[0]["scores"][0][:2] == [player.id, 350]
    assert back.events_named("joined") == []
    stepper.step(2)
    assert back.told.own is not None
    assert back.told.own.entity == ship
    assert not list(stepper.differences(back))


def test_how_early_the_connection_before_was_is_not_told_to_the_one_that_comes_back(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.step(60)
    ann.say(Inputs(stepper.room.tick - 30, [Input()]), stepper.now_s)
    stepper.drop(ann)
    stepper.step(30)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    stepper.step(2)
    assert back.told.slack_ms is None, "no input of this one has come"


def test_a_ship_whose_player_dropped_stays_where_it_is(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    ship = ann.player.ship
    stepper.drop(ann)
    stepper.step(100)
    assert stepper.room.world.alive[ship]
    assert bob.events_named("left") == []


def test_a_token_is_good_once(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.drop(ann)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    thief = stepper.join("Thief", resume=ann.welcome.resume)
    assert [error.code for error in thief.errors] == [Code.RESUME_REFUSED]
    assert thief.player is not back.player
    shown = len(back.snapshots)
    stepper.step(2)
    assert back.bye is None
    assert len(back.snapshots) == shown + 1


def test_who_comes_back_replaces_a_connection_that_is_still_there(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    player = ann.player
    back = stepper.join("Ann", resume=ann.welcome.resume)
    ann.read()
    assert code_of(ann) == Code.REPLACED
    assert back.player is player
    assert len(stepper.room.viewers()) == 1
    ann.session.lost(1.0)  # the old connection's end comes later, and takes nothing with it
    stepper.lobby.sweep(20.0)
    assert list(stepper.room.players) == [player.id]
    shown = len(back.snapshots)
    stepper.clients.remove(ann)
    stepper.step(2)
    assert len(back.snapshots) == shown + 1


@pytest.mark.parametrize("token", ["", "token-999", "TOKEN-1", "x" * 2048])
def test_a_wrong_token_changes_nothing_for_the_real_player(stepper: Stepper, token: str) -> None:
    ann = stepper.join("Ann")
    stepper.drop(ann)
    stranger = stepper.join("Stranger", resume=token)
    assert [error.code for error in stranger.errors] == [Code.RESUME_REFUSED]
    assert stranger.welcome.player == 2
    stepper.now_s = SEAT_KEPT_S - 1  # its time goes on as if nobody had asked
    stepper.lobby.sweep(stepper.now_s)
    assert stepper.join("Ann", resume=ann.welcome.resume).welcome.player == 1


def test_a_wrong_token_in_a_full_room_changes_nothing(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.room.players_max = 1
    stepper.drop(ann)
    stranger = stepper.join("Stranger", resume="wrong")
    assert code_of(stranger) == Code.ROOM_FULL
    assert stepper.join("Ann", resume=ann.welcome.resume).welcome.player == 1


def test_bad_hellos_with_the_right_token_do_not_use_it_up(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.drop(ann)
    for version, name in ((2, "Ann"), (1, " ")):
        client = stepper.connect()
        client.say(Hello(version, name, resume=ann.welcome.resume), stepper.now_s)
        assert client.bye is not None
    assert stepper.join("Ann", resume=ann.welcome.resume).welcome.player == 1


def test_a_seat_is_kept_for_a_while_and_then_given_up(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.now_s = 10.0
    ship = ann.player.ship
    stepper.drop(ann)
    bob.say(Ping(1), 10.0 + SEAT_KEPT_S)
    stepper.lobby.sweep(10.0 + SEAT_KEPT_S)
    assert list(stepper.room.players) == [1, 2]
    stepper.lobby.sweep(10.0 + SEAT_KEPT_S + 0.1)
    assert list(stepper.room.players) == [2]
    assert not stepper.room.world.alive[ship]
    stepper.step(2)
    assert bob.events_named("left") == [{"id": 1}]
    late = stepper.join("Ann", resume=ann.welcome.resume)
    assert [error.code for error in late.errors] == [Code.RESUME_REFUSED]
    assert late.welcome.player == 3


def test_a_spectators_seat_is_not_kept(stepper: Stepper) -> None:
    eve = stepper.join("Eve", role="spectator")
    stepper.drop(eve)
    assert stepper.room.viewers() == []
    assert stepper.lobby.statistics().spectators == 0


def test_coming_back_again_and_again_leaks_nothing(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    for n in range(50):
        if n % 3:
            stepper.drop(ann)
        before, ann = ann, stepper.join("Ann", resume=ann.welcome.resume)
        before.session.lost(stepper.now_s)
        stepper.step()
    statistics = stepper.lobby.statistics()
    assert (statistics.players, statistics.sessions, len(stepper.room.viewers())) == (1, 1, 1)
    ships = [row for row in stepper.room.world.alive.nonzero()[0] if stepper.room.world.owner[row]]
    assert ships == [ann.player.ship]
    stepper.drop(ann)
    stepper.lobby.sweep(stepper.now_s + SEAT_KEPT_S + 1)
    statistics = stepper.lobby.statistics()
    assert (statistics.players, statistics.sessions, len(stepper.room.viewers())) == (0, 0, 0)


def test_the_replaced_connection_is_heard_no_more(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    back = stepper.join("Ann", resume=ann.welcome.resume)
    ann.say(Inputs(1, [Input(move_x=127)]), 0.0)
    ann.say(Chat("still me"), 0.0)
    ann.say(Leave(), 0.0)
    stepper.step(2)
    assert back.player.inputs.newest == 0
    assert back.chats == []
    assert list(stepper.room.players) == [1]


STOLEN = ("token-1", "token-2", "token-3")
"""What a thief may have of Ann: tokens that she has used."""


@given(draw.sampled_from(STOLEN) | draw.text(max_size=60) | draw.from_regex(r"token-[0-9]{1,3}", fullmatch=True))
def test_no_token_but_the_right_one_changes_anything_for_the_real_player(token: str) -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    for _ in range(3):
        stepper.step(2)
        before, ann = ann, stepper.join("Ann", resume=ann.welcome.resume)
        before.session.lost(stepper.now_s)
    assume(token != ann.welcome.resume)
    was = replace(capture(stepper.room, stepper.lobby.save_seats(stepper.room, 1.0)), next_player=0)
    thief = stepper.join("Thief", resume=token)
    assert [error.code for error in thief.errors] == [Code.RESUME_REFUSED]
    assert thief.player is not ann.player
    thief.say(Leave(), stepper.now_s)
    stepper.room.world.release()
    now = replace(capture(stepper.room, stepper.lobby.save_seats(stepper.room, 1.0)), next_player=0, chance=was.chance)
    assert now == was
    assert ann.bye is None
    assert ann.session.seat is not None
