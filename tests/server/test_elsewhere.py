"""A lobby that is alone leads nobody anywhere, and refuses nobody for a seat that is kept."""

import pytest

from protocol.errors import Code, Violation
from protocol.messages import Enter, Hello, RoomInfo
from server.elsewhere import Elsewhere
from server.room import Room
from server.seats import Doors
from server.session import Session, State
from tests.instruments.stepper import Stepper


def test_there_is_nothing_but_here() -> None:
    stepper = Stepper()
    client = stepper.join()
    alone = Elsewhere()
    assert not alone.leads(client.session, Enter("elsewhere"), None)
    alone.admit(stepper.room, "player", "seat")
    here = [RoomInfo("a", "A", "melee", "belt", 0, 0, 0, 8)]
    assert alone.listed(here) == here
    assert alone.described() == []


class Leading(Elsewhere):
    """Whoever says hello to any other room is led to it."""

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        return near is None


def test_chat_does_not_know_who_is_being_led() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    stepper.lobby.elsewhere = Leading()
    bob = stepper.join("Bob", room="there")
    assert bob.session.state is State.WAITING
    assert stepper.lobby.talk.people() == [ann.session]


def test_who_was_led_here_knows_the_lobby() -> None:
    stepper = Stepper()
    led, old = stepper.join("Ann", seat="signed"), stepper.join("Bob")
    stepper.lobby.close_room("main", 0.0)
    assert led.session.state is State.BROWSING
    assert old.session.state is State.ENDED


class Reserved(Elsewhere):
    """Others are to have whatever place is free."""

    def admit(self, room: Room, role: str, seat: str | None = None) -> None:
        if role == "player":
            raise Violation(Code.ROOM_FULL, "the room is full")


def test_a_place_that_is_reserved_is_taken_by_nobody_but_whoever_has_it_already() -> None:
    stepper = Stepper()
    stepper.lobby.open_room("other", type(stepper.room.game), stepper.room.arena, stepper.rates, 1)
    ann, watching = stepper.join("Ann"), stepper.join("Wes", role="spectator", room="main")
    stepper.lobby.elsewhere = Reserved()
    for client, name in ((ann, "other"), (watching, "main")):
        client.say(Enter(name), 0.0)
        assert [error.code for error in client.errors] == [Code.ROOM_FULL]
    assert list(stepper.room.players.values()) == [ann.player]
    ann.say(Enter("main"), 0.0)
    ann.say(Enter("other", role="spectator"), 0.0)
    assert (len(ann.errors), ann.welcome.room, ann.welcome.role) == (1, "other", "spectator")


def test_who_was_to_play_here_as_there_is_no_place_elsewhere_stays_where_they_are_once_it_is_about_to_stop() -> None:
    stepper = Stepper()
    ann = stepper.visit()
    stepper.lobby.doors = Doors.RETURNING
    with pytest.raises(Violation) as refusal:
        stepper.lobby.enter_here(ann.session, Enter())
    assert refusal.value.code is Code.SERVER_STOPPING
    assert not stepper.room.players
