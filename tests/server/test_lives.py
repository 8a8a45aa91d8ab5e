"""How rooms end: after their matches, after a minute with nobody there; the operator's never; and with which podium."""

from collections.abc import Sequence

import pytest

from protocol.messages import Open, Standing
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.game import Player
from server.games.melee import Melee
from server.lives import EMPTY, EMPTY_S_MAX, PLAYED, PODIUM_S
from server.results import Score
from server.room import Room
from server.session import State
from tests.instruments.stepper import Client, Stepper, arena_named


@pytest.fixture
def stepper() -> Stepper:
    arenas = {"pinball": arena_named("pinball")}
    return Stepper(catalogue=Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1, matches_max=2))


def opened(stepper: Stepper, client: Client) -> Room:
    client.say(Open("Fun", "melee", "pinball"), 0.0)
    return stepper.lobby.rooms[client.welcome.room]


def conclude(room: Room, scores: Sequence[int] = (5, 3)) -> None:
    players: list[Player] = list(room.players.values())
    room.conclude([Score(player.id, score) for player, score in zip(players, scores, strict=False)])


def test_after_its_matches_a_room_ends_with_the_podium(stepper: Stepper) -> None:
    ann, bob = stepper.visit("Ann"), stepper.join("Bob")
    room = opened(stepper, ann)
    conclude(room)
    stepper.lobby.sweep(10.0)
    stepper.lobby.sweep(10.0 + 2 * PODIUM_S)
    assert room.name in stepper.lobby.rooms, "one match is left"
    conclude(room, [7])
    stepper.lobby.sweep(30.0)
    stepper.lobby.sweep(30.0 + PODIUM_S / 2)
    assert room.name in stepper.lobby.rooms, "its own podium is seen"
    ended = list[str]()
    stepper.lobby.on_end = lambda room: ended.append(room.name)
    assert stepper.lobby.sweep(30.0 + PODIUM_S) == []
    assert ended == [room.name]
    assert list(stepper.lobby.rooms) == ["main"]
    ann.read()
    assert ann.session.state is State.BROWSING
    podium = ann.news[-1].podium
    assert podium is not None
    assert (podium.room, podium.game, podium.standings) == (room.name, "melee", [Standing("Ann", 0, 7)])
    assert ann.news[-1].reason == PLAYED
    assert bob.bye is None
    statistics = stepper.lobby.statistics()
    assert (statistics.rooms, statistics.rooms_opened, statistics.rooms_ended) == (1, 1, 1)


def test_a_room_in_which_nobody_is_ends_after_a_minute(stepper: Stepper) -> None:
    ann = stepper.visit("Ann")
    room = opened(stepper, ann)
    stepper.drop(ann)
    stepper.lobby.sweep(1.0)
    stepper.lobby.sweep(EMPTY_S_MAX)
    assert room.name in stepper.lobby.rooms
    stepper.lobby.sweep(1.0 + EMPTY_S_MAX)
    assert room.name not in stepper.lobby.rooms
    assert len(stepper.lobby.lives) == 1


def test_unless_somebody_comes_back(stepper: Stepper) -> None:
    ann = stepper.visit("Ann")
    room = opened(stepper, ann)
    stepper.drop(ann)
    stepper.lobby.sweep(1.0)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    stepper.lobby.sweep(30.0)
    stepper.drop(back)
    stepper.lobby.sweep(40.0)
    stepper.lobby.sweep(90.0)
    assert room.name in stepper.lobby.rooms
    stepper.lobby.sweep(40.0 + EMPTY_S_MAX)
    assert room.name not in stepper.lobby.rooms


def test_a_spectator_is_somebody(stepper: Stepper) -> None:
    ann = stepper.visit("Ann")
    room = opened(stepper, ann)
    eve = stepper.join("Eve", room=room.name, role="spectator")
    stepper.drop(ann)
    for second in range(1, 100, 10):
        eve.session.hearing.hear(float(second))
        stepper.lobby.sweep(float(second))
    assert room.name in stepper.lobby.rooms


def test_the_operators_room_never_ends_by_itself(stepper: Stepper) -> None:
    for _ in range(3):
        conclude(stepper.room)
    stepper.lobby.sweep(1.0)
    stepper.lobby.sweep(10_000.0)
    assert list(stepper.lobby.rooms) == ["main"]


def test_a_server_that_was_away_ends_no_room_for_that(stepper: Stepper) -> None:
    ann = stepper.visit("Ann")
    room = opened(stepper, ann)
    stepper.drop(ann)
    stepper.lobby.sweep(1.0)
    stepper.lobby.excuse(1000.0, 1001.0)
    assert stepper.lobby.lives.over(1001.0) == []
    assert stepper.lobby.lives.over(1001.0 + EMPTY_S_MAX) == [(room, EMPTY)]
