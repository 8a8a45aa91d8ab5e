"""Newcomers are told of a room as it is, and whoever takes that down leaves no trace."""

from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_JSON
from protocol.messages import Event
from server.introduction import introduce, welcome_of
from tests.instruments.stepper import Stepper


def test_a_player_is_welcomed_as_themselves_and_a_spectator_as_nobody() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann").player
    mine, theirs = welcome_of(stepper.room, ann, "token"), welcome_of(stepper.room, None, "")
    assert (mine.player, mine.role, mine.resume) == (ann.id, "player", "token")
    assert (theirs.player, theirs.role) == (0, "spectator")
    assert [line.name for line in theirs.players] == ["Ann"]


def test_an_introduction_is_what_a_spectator_would_be_told() -> None:
    stepper = Stepper()
    stepper.join("Ann")
    codec = CODECS[SUBPROTOCOL_JSON]
    eve = stepper.join("Eve", SUBPROTOCOL_JSON, role="spectator")
    stepper.step(2)
    welcome, greeting = introduce(stepper.room, codec)
    told = [codec.decode_server(wire) for wire in greeting]
    assert welcome.players == eve.welcome.players
    assert [(one.name, one.body) for one in told if isinstance(one, Event)] == [
        (event.name, event.body) for event in eve.events if event.name != "joined"
    ]
    assert len(stepper.room.viewers()) == 2
