"""Moves are made at leisure: in order, refused as ever, and not for who has gone."""

from collections.abc import Callable
from typing import Literal

import pytest

from protocol.errors import Code
from protocol.messages import Browse, Enter, Leave, Open
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.game import Player
from server.games.melee import Melee
from server.session import State
from tests.instruments.stepper import Stepper, arena_named


class Later(Stepper):
    """Where moves wait until they are let."""

    def __init__(self) -> None:
        arenas = {"pinball": arena_named("pinball")}
        super().__init__(catalogue=Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1))
        self.jobs: list[Callable[[], None]] = []
        self.lobby.at_leisure = self.jobs.append

    def let(self) -> None:
        jobs, self.jobs[:] = list(self.jobs), []
        for job in jobs:
            job()
        for client in self.clients:
            client.read()


@pytest.fixture
def stepper() -> Later:
    return Later()


def test_until_then_one_plays_on_where_one_is(stepper: Later) -> None:
    ann = stepper.join("Ann")
    ann.say(Open("Fun", "melee", "pinball"), 0.0)
    stepper.step(4)
    assert (list(stepper.lobby.rooms), ann.welcome.room) == (["main"], "main")
    stepper.let()
    assert ann.welcome.room != "main"
    assert len(stepper.lobby.rooms) == 2
    assert ann.session.state is State.PLAYING


def test_who_has_opened_a_room_is_in_the_lobby_when_it_ends(stepper: Later) -> None:
    ann = stepper.join("Ann")
    ann.say(Open("Fun", "melee", "pinball"), 0.0)
    stepper.let()
    stepper.lobby.end_room(ann.welcome.room, 1.0)
    assert (ann.bye, ann.session.state) == (None, State.BROWSING)


def test_moves_are_made_in_the_order_in_which_they_were_said(stepper: Later) -> None:
    ann = stepper.join("Ann")
    ann.say(Open("Fun", "melee", "pinball"), 0.0)
    ann.say(Browse(), 0.0)
    ann.say(Enter("main"), 0.0)
    stepper.let()
    assert (ann.welcome.room, len(ann.news), len(stepper.lobby.rooms)) == ("main", 1, 2)


def test_what_cant_be_is_refused_then(stepper: Later) -> None:
    ann = stepper.join("Ann")
    ann.say(Enter("nowhere"), 0.0)
    assert ann.errors == []
    stepper.let()
    assert [error.code for error in ann.errors] == [Code.ROOM_NOT_FOUND]
    assert ann.bye is None


@pytest.mark.parametrize("role", ["player", "spectator"])
@pytest.mark.parametrize("fails", ["joined", "greet"])
def test_a_mistake_then_ends_the_conversation_and_leaves_nothing_half_seated(
    stepper: Later, monkeypatch: pytest.MonkeyPatch, role: Literal["player", "spectator"], fails: str
) -> None:
    ann = stepper.visit("Ann")

    def fail(game: Melee, player: Player) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Melee, fails, fail)
    ann.say(Enter("main", role=role), 0.0)
    if (fails, role) == ("joined", "spectator"):
        stepper.let()
        assert ann.welcome.room == "main"
        return
    with pytest.raises(ZeroDivisionError):
        stepper.let()
    ann.read()
    assert ann.bye is not None
    assert ann.bye.code == Code.SERVER_FAULT
    assert (list(stepper.room.players), stepper.room.viewers(), stepper.lobby.seats()) == ([], [], [])
    stepper.drop(ann)
    assert (ann.session.seat, len(stepper.lobby.hall)) == (None, 0)


def test_for_who_has_gone_nothing_is_opened(stepper: Later) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    for client in (ann, bob):
        client.say(Open("Fun", "melee", "pinball"), 0.0)
    ann.say(Leave(), 0.0)
    stepper.drop(bob)
    stepper.let()
    assert list(stepper.lobby.rooms) == ["main"]
