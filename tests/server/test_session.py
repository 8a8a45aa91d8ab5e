"""The conversation: every message in every state, hello, and how it ends; and that nobody else ever notices."""

from collections.abc import Callable

import pytest

from protocol import limits
from protocol.build_messages import Edit, Point
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import (
    CLIENT_MESSAGES,
    Browse,
    Chat,
    ClientMessage,
    Enter,
    Hello,
    Inputs,
    Leave,
    Open,
    Ping,
    Rename,
    Resync,
    Watch,
)
from protocol.motion import Input
from server.session import State
from tests.instruments.stepper import Client, Stepper
from tests.server.conversations import goes_on, refusal_of

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)
HELLO = Hello(1, "Ann")
EXAMPLES: tuple[ClientMessage, ...] = (
    HELLO,
    Inputs(1, [Input()]),
    Ping(7, 20),
    Chat("hi"),
    Resync(0),
    Leave(),
    Enter(),
    Open("Fun", "melee", "pinball"),
    Browse(),
    Watch(1),
    Edit(0, []),
    Point(1.0, 2.0, []),
    Rename("Bea"),
)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


# every message in every state ------------------------------------------------------------------------------


def test_there_is_an_example_of_every_message() -> None:
    assert tuple(type(example) for example in EXAMPLES) == CLIENT_MESSAGES


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("message", EXAMPLES[1:], ids=lambda message: type(message).__name__)
def test_greeting_hears_nothing_but_hello(stepper: Stepper, message: ClientMessage, encoding: str) -> None:
    client = stepper.connect(encoding)
    client.say(message, 0.0)
    assert refusal_of(client) == Code.HELLO_EXPECTED
    assert type(message).__name__.lower() in str(client.bye)
    assert not stepper.room.players


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_hello_is_answered_with_a_welcome(stepper: Stepper, encoding: str) -> None:
    client = stepper.connect(encoding)
    client.say(HELLO, 0.0)
    assert client.session.state is State.PLAYING
    assert (client.welcome.version, client.welcome.player, client.welcome.room) == (1, 1, "main")
    assert (client.welcome.tick_rate, client.welcome.snapshot_rate, client.welcome.cell_units) == (60, 30, 512)
    assert client.welcome.arena == stepper.room.arena
    assert list(client.welcome.kinds) == list(stepper.room.game.kinds)
    assert {event.name for event in client.events} == {"match", "scores"}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("message", "answered"),
    [
        (Inputs(1, [Input(move_x=5)]), lambda client: client.player.inputs.newest == 1),
        (Ping(7, 20), lambda client: client.pongs[-1].nonce == 7 and client.player.rtt_ms == 20),
        (Chat("hi"), lambda client: (client.chats[-1].player, client.chats[-1].text) == (1, "hi")),
    ],
)
def test_playing(stepper: Stepper, message: ClientMessage, answered: Callable[[Client], bool], encoding: str) -> None:
    client = stepper.join(subprotocol=encoding)
    client.say(message, 0.0)
    stepper.step(2)
    assert answered(client)
    assert client.session.state is State.PLAYING
    assert not client.errors


def test_a_resync_of_a_cell_that_was_never_shown_counts_as_nothing(stepper: Stepper) -> None:
    client = stepper.join()
    client.say(Resync(65535), 0.0)
    assert stepper.room.statistics.checksum_mismatches == 0
    assert client.session.state is State.PLAYING


def test_hello_is_said_once(stepper: Stepper) -> None:
    client, witness = stepper.join(), stepper.join("Bob")
    client.say(HELLO, 0.0)
    assert refusal_of(client) == Code.HELLO_TWICE
    assert len(stepper.room.players) == 2
    goes_on(stepper, witness)


def test_leave_gives_the_seat_up(stepper: Stepper) -> None:
    client, witness = stepper.join(), stepper.join("Bob")
    client.say(Leave(), 0.0)
    assert refusal_of(client) == 1000
    assert list(stepper.room.players) == [2]
    goes_on(stepper, witness)
    again = stepper.join("Ann", resume=client.welcome.resume)
    assert again.welcome.player == 3


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_after_the_end_nothing_is_heard(stepper: Stepper, message: ClientMessage) -> None:
    client = stepper.join()
    client.session.end(Code.SERVER_FAULT, "enough")
    players, pongs = dict(stepper.room.players), len(client.pongs)
    client.say(message, 0.0)
    client.session.receive(b"\xc1", 0.0)
    assert refusal_of(client) == Code.SERVER_FAULT
    assert (dict(stepper.room.players), len(client.pongs)) == (players, pongs)


# what a spectator may do -----------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [Inputs(1, [Input()]), Chat("hi")], ids=["inputs", "chat"])
def test_a_spectator_only_watches(stepper: Stepper, message: ClientMessage) -> None:
    client = stepper.join(role="spectator")
    client.say(message, 0.0)
    assert [error.code for error in client.errors] == [Code.NOT_ALLOWED]
    client.say(Ping(3), 0.0)
    assert client.pongs[-1].nonce == 3
    client.say(Leave(), 0.0)
    assert refusal_of(client) == 1000
    assert stepper.room.viewers() == []


# hello -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 2, -1, 10**6])
def test_another_version_is_refused_by_name(stepper: Stepper, version: int) -> None:
    client = stepper.connect()
    client.say(Hello(version, "Ann"), 0.0)
    assert refusal_of(client) == Code.WRONG_VERSION
    assert f"speaks version 1, not {version}" in str(client.bye)


@pytest.mark.parametrize("name", ["", " ", " Ann", "Ann ", "x" * 21, "a\nb", "a\x00", "\u202eAnn", "Ann\u200b"])
def test_bad_names_are_refused(stepper: Stepper, name: str) -> None:
    client = stepper.connect()
    client.say(Hello(1, name), 0.0)
    assert refusal_of(client) == Code.INVALID_NAME
    assert not stepper.room.players


@pytest.mark.parametrize("name", ["A", "x" * 20, "Zoë", "李", "a b", "<b>", "🚀" * 20])
def test_good_names_are_taken_as_they_are(stepper: Stepper, name: str) -> None:
    assert stepper.join(name).player.name == name


def test_hello_must_come_in_time(stepper: Stepper) -> None:
    client = stepper.connect()
    stepper.lobby.sweep(limits.HELLO_DEADLINE_S)
    assert client.session.state is State.GREETING
    stepper.lobby.sweep(limits.HELLO_DEADLINE_S + 0.1)
    client.read()
    assert refusal_of(client) == Code.HELLO_TIMEOUT


def test_silence_ends_the_conversation_and_anything_said_prevents_it(stepper: Stepper) -> None:
    silent, pinging = stepper.join("Ann"), stepper.join("Bob")
    pinging.say(Ping(1), 20.0)
    stepper.lobby.sweep(limits.SILENCE_S_MAX)
    assert silent.session.state is State.PLAYING
    stepper.lobby.sweep(limits.SILENCE_S_MAX + 0.1)
    silent.read()
    assert refusal_of(silent) == Code.SILENT
    assert pinging.session.state is State.PLAYING


# endings ---------------------------------------------------------------------------------------------------


def test_the_end_is_said_once(stepper: Stepper) -> None:
    client = stepper.join()
    client.session.end(Code.SERVER_STOPPING, "back in a moment")
    client.session.end(Code.SERVER_FAULT, "again")
    client.read()
    assert refusal_of(client) == Code.SERVER_STOPPING


def test_events_that_are_owed_come_before_the_bye(stepper: Stepper) -> None:
    client = stepper.join()
    client.link.block()
    stepper.room.say("news", {"n": 1})
    client.link.unblock()
    client.session.end(Code.SERVER_STOPPING, "back in a moment")
    client.read()
    assert client.events_named("news") == [{"n": 1}]
    assert refusal_of(client) == Code.SERVER_STOPPING


def test_a_lost_connection_is_lost_once(stepper: Stepper) -> None:
    client = stepper.join()
    client.session.lost(1.0)
    client.session.lost(2.0)
    assert client.session not in stepper.lobby.sessions
    assert list(stepper.room.players) == [1]
