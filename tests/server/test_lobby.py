"""The lobby: which room is whose, what closes with a room, and that one mistake of ours hurts one player at most."""

from random import Random

import pytest

from protocol.errors import Code
from protocol.limits import LAG_S_MAX, SEAT_KEPT_S
from protocol.messages import Enter
from server.game import Player
from server.games.melee import Melee
from server.lobby import Lobby
from tests.instruments.stepper import Stepper, wander
from tests.server.conversations import code_of, open_room


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


# mistakes of our own ---------------------------------------------------------------------------------------


def test_one_deadline_that_fails_keeps_no_other_from_being_kept(
    stepper: Stepper, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [stepper.join(name) for name in ("Ann", "Bob", "Cat")]
    for client in clients:
        stepper.drop(client)

    def left(game: Melee, player: Player) -> None:
        if player.name == "Bob":
            raise ZeroDivisionError("the mistake")

    monkeypatch.setattr(Melee, "left", left)
    [error] = stepper.lobby.sweep(SEAT_KEPT_S + 1.0)
    assert isinstance(error, ZeroDivisionError)
    assert not stepper.room.players
    assert stepper.lobby.sweep(SEAT_KEPT_S + 2.0) == []


def test_a_game_that_fails_to_take_somebody_loses_nobody_else(
    stepper: Stepper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = stepper.join("Ann")

    def joined(game: Melee, player: Player) -> None:
        raise ZeroDivisionError("the mistake")

    with monkeypatch.context() as patch:
        patch.setattr(Melee, "joined", joined)
        with pytest.raises(ZeroDivisionError):
            stepper.join("Bob")
    stepper.step(4)
    assert list(stepper.room.players) == [1]
    assert ann.events_named("left") == [{"id": 2}]
    assert len(ann.snapshots) == 2


# rooms -----------------------------------------------------------------------------------------------------


def test_a_room_is_found_by_name_or_else_the_emptiest_is(stepper: Stepper) -> None:
    open_room(stepper, "side")
    assert stepper.join("Ann").welcome.room == "main"
    assert stepper.join("Bob").welcome.room == "side"
    assert stepper.join("Cat", room="main").welcome.room == "main"
    assert stepper.join("Dan").welcome.room == "side"


def test_an_unknown_room_is_refused(stepper: Stepper) -> None:
    client = stepper.join("Ann", room="nowhere")
    assert code_of(client) == Code.ROOM_NOT_FOUND
    assert "nowhere" in str(client.bye)


def test_no_room_at_all_is_refused(stepper: Stepper) -> None:
    stepper.lobby.close_room("main", 0.0)
    assert code_of(stepper.join("Ann")) == Code.ROOM_NOT_FOUND


def test_a_closed_room_ends_its_conversations_and_no_others(stepper: Stepper) -> None:
    open_room(stepper, "side")
    ann, bob, eve = stepper.join("Ann"), stepper.join("Bob"), stepper.join("Eve", room="main", role="spectator")
    cat = stepper.join("Cat", room="main")
    stepper.drop(cat)
    stepper.lobby.close_room("main", 0.0)
    ann.read()
    eve.read()
    assert [code_of(client) for client in (ann, eve)] == [Code.ROOM_CLOSED] * 2
    assert bob.link.closed is None
    for client in (ann, eve):
        client.session.lost(1.0)
    assert stepper.lobby.statistics().players == 1
    again = stepper.join("Cat", resume=cat.welcome.resume)
    assert [error.code for error in again.errors] == [Code.RESUME_REFUSED]


def test_what_a_closed_room_has_counted_is_not_forgotten(stepper: Stepper) -> None:
    stepper.join("Ann").pilot = wander(Random(1))
    stepper.step(10)
    before = stepper.lobby.statistics()
    stepper.lobby.close_room("main", 0.0)
    after = stepper.lobby.statistics()
    assert (after.rooms, after.players, after.entities) == (0, 0, 0)
    assert (after.inputs, after.snapshots) == (before.inputs, before.snapshots) == (10, 5)


def test_closing_the_lobby_ends_everybody_whoever_they_are(stepper: Stepper) -> None:
    ann, stranger = stepper.join("Ann"), stepper.connect()
    stepper.lobby.close(Code.SERVER_STOPPING, "back in a moment")
    for client in (ann, stranger):
        client.read()
        assert code_of(client) == Code.SERVER_STOPPING


# numbers ---------------------------------------------------------------------------------------------------


def test_the_statistics_count_everybody(stepper: Stepper) -> None:
    stepper.join("Ann")
    stepper.join("Bob", bot=True).link.block()
    stepper.join("Eve", role="spectator")
    stepper.connect()
    stepper.connect().session.receive(b"", 0.0)
    stepper.step(4)
    statistics = stepper.lobby.statistics()
    assert (statistics.rooms, statistics.players, statistics.bots, statistics.spectators) == (1, 2, 1, 1)
    assert (statistics.sessions, statistics.refused, statistics.viewers_blocked) == (5, 1, 1)
    assert (statistics.snapshots, statistics.snapshots_skipped) == (4, 2)
    assert statistics.entities == len(stepper.room.world)


def test_tokens_are_long_and_never_the_same() -> None:
    lobby = Lobby()
    tokens = {lobby.seating.new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(len(token) for token in tokens) >= 32


def test_a_server_that_slept_keeps_seats_as_long_as_ever(stepper: Stepper) -> None:
    stepper.drop(stepper.join("Ann"))
    awake_s = stepper.now_s + 1000.0
    stepper.lobby.excuse(1000.0, awake_s)
    stepper.lobby.sweep(awake_s + SEAT_KEPT_S - 0.1)
    assert stepper.room.players
    stepper.lobby.sweep(awake_s + SEAT_KEPT_S + 0.1)
    assert not stepper.room.players


def test_in_a_full_room_ones_own_place_is_free(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.room.players_max = 1
    ann.say(Enter("main"), 1.0)
    assert (ann.errors, [player.name for player in stepper.room.players.values()]) == ([], ["Ann"])
    assert ann.player.id == 2


def test_who_is_blocked_is_not_counted_as_lagging_too(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    assert ann.session.seat is not None
    viewer = ann.session.seat.viewer
    ann.link.block()
    stepper.step(stepper.rates.ticks_in(2 * LAG_S_MAX))
    counted = stepper.lobby.statistics()
    assert (viewer.lag.is_behind, counted.viewers_blocked, counted.viewers_lagging) == (True, 1, 0)
