"""What a conversation does not put up with: bytes that say nothing, and too much of anything."""

import json
from random import Random

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import limits
from protocol.arena import Arena, Place, Size
from protocol.errors import GENTLE, Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Chat, Inputs, Ping, Resync
from protocol.motion import Input
from server.session import State
from tests.instruments.stepper import Stepper, wander
from tests.server.conversations import goes_on, refusal_of

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


# bad bytes -------------------------------------------------------------------------------------------------


def binary(*plain: object) -> bytes:
    return bytes(msgpack.packb(list(plain)))


BAD_BINARY = [
    (b"", Code.MALFORMED),
    (b"\xc1", Code.MALFORMED),
    (b"\x93\x01", Code.MALFORMED),
    (b"\x91" * 10_000, Code.MALFORMED),
    (binary(), Code.MALFORMED),
    (binary(99), Code.UNKNOWN_TYPE),
    (binary(17, 1), Code.UNKNOWN_TYPE),
    (binary(True), Code.UNKNOWN_TYPE),
    (binary([[]]), Code.UNKNOWN_TYPE),
    (binary(2, 1, []), Code.INVALID_FIELD),
    (binary(2, 1, [[0, 0, 0, 0, 0]] * 33), Code.INVALID_FIELD),
    (binary(2, -1, [[0, 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 1, [[128, 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 1, [[0, 0, 4096, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 1, [[float("nan"), 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 1, [[float("inf"), 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 1, [[1.0, 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(2, 2**40, [[0, 0, 0, 0, 0]]), Code.INVALID_FIELD),
    (binary(3, -1), Code.INVALID_FIELD),
    (binary(3, 2**53), Code.INVALID_FIELD),
    (binary(3), Code.INVALID_FIELD),
    (binary(4, ""), Code.INVALID_FIELD),
    (binary(4, "x" * 201), Code.INVALID_FIELD),
    (binary(5, 65536), Code.INVALID_FIELD),
    ('{"type": "ping"}', Code.WRONG_ENCODING),
]
BAD_TEXT = [
    ("", Code.MALFORMED),
    ("{", Code.MALFORMED),
    ("[" * 10_000, Code.MALFORMED),
    (json.dumps({"type": "dance"}), Code.UNKNOWN_TYPE),
    (json.dumps({"type": "ping", "nonce": "x"}), Code.INVALID_FIELD),
    ('{"type": "ping", "nonce": NaN}', Code.MALFORMED),
    ('{"type": "ping", "nonce": 1e999}', Code.INVALID_FIELD),
    (json.dumps({"type": "inputs", "first_tick": 1, "entries": [{"move_x": 200}]}), Code.INVALID_FIELD),
    (b"\x91\x06", Code.WRONG_ENCODING),
]
BAD = [(SUBPROTOCOL_MSGPACK, *bad) for bad in BAD_BINARY] + [(SUBPROTOCOL_JSON, *bad) for bad in BAD_TEXT]


@pytest.mark.parametrize(("encoding", "wire", "code"), BAD, ids=[f"{n}-{bad[2].name}" for n, bad in enumerate(BAD)])
def test_bad_bytes_end_only_their_own_conversation(
    stepper: Stepper, encoding: str, wire: bytes | str, code: Code
) -> None:
    client, witness = stepper.join(subprotocol=encoding), stepper.join("Bob")
    client.session.receive(wire, 0.0)
    client.read()
    assert refusal_of(client) == code
    assert stepper.lobby.refused == 1
    goes_on(stepper, witness)


@settings(max_examples=100)
@given(wire=st.binary(max_size=60) | st.text(max_size=60), encoding=st.sampled_from(ENCODINGS), greeted=st.booleans())
def test_any_bytes_are_answered_and_never_raise(wire: bytes | str, encoding: str, greeted: bool) -> None:
    stepper = Stepper(arena=Arena("Cabin", Size(512, 512), [Place(256, 256)]))
    client = stepper.join(subprotocol=encoding) if greeted else stepper.connect(encoding)
    client.session.receive(wire, 0.0)
    client.read()
    if client.session.state is State.ENDED:
        assert refusal_of(client) in {*Code, 1000}


# limits ----------------------------------------------------------------------------------------------------


def test_too_many_messages_end_the_conversation(stepper: Stepper) -> None:
    client, witness = stepper.join(), stepper.join("Bob")
    said = 0
    while client.bye is None and said < 2 * limits.MESSAGES_BURST_MAX:
        client.say(Inputs(1, [Input()]), stepper.now_s)
        said += 1
    assert said == limits.MESSAGES_BURST_MAX  # hello was the first
    assert refusal_of(client) == Code.TOO_MANY_MESSAGES
    goes_on(stepper, witness)


def test_the_allowed_rate_can_be_held_for_ever(stepper: Stepper) -> None:
    client = stepper.join()
    for n in range(1, 2000):
        client.say(Inputs(1, [Input()]), n / limits.MESSAGES_PER_SECOND_MAX)
    assert client.bye is None


@pytest.mark.parametrize(
    ("costly", "rate", "burst"),
    [
        (Ping(1), limits.PINGS_PER_SECOND_MAX, limits.PINGS_BURST_MAX),
        (Resync(3), limits.RESYNCS_PER_SECOND_MAX, limits.RESYNCS_BURST_MAX),
    ],
)
def test_what_costs_more_than_a_message_has_a_bucket_of_its_own(
    stepper: Stepper, costly: Ping | Resync, rate: int, burst: int
) -> None:
    steady, hasty, witness = stepper.join("Ann"), stepper.join("Bob"), stepper.join("Eve")
    for n in range(2 * burst):
        steady.say(costly, n / rate)
    assert steady.bye is None
    now_s = 2 * burst / rate
    for _ in range(burst):
        hasty.say(costly, now_s)
    assert hasty.bye is None
    hasty.say(costly, now_s)
    assert refusal_of(hasty) == Code.TOO_MANY_MESSAGES
    goes_on(stepper, witness)


def test_inputs_too_far_ahead_are_refused_gently(stepper: Stepper) -> None:
    client = stepper.join()
    client.say(Inputs(limits.INPUT_AHEAD_TICKS_MAX + 1, [Input(), Input()]), 0.0)
    assert [error.code for error in client.errors] == [Code.INPUT_TOO_FAR]
    goes_on(stepper, client)


def test_chat_is_for_everyone_and_limited(stepper: Stepper) -> None:
    ann, bob, eve = stepper.join("Ann"), stepper.join("Bob", SUBPROTOCOL_JSON), stepper.join("Eve", role="spectator")
    for n in range(limits.CHATS_BURST_MAX + 1):
        ann.say(Chat(f"line {n}"), 0.0)
    assert [error.code for error in ann.errors] == [Code.CHAT_REFUSED]
    ann.say(Chat("later"), 1.0)
    ann.say(Chat("too soon"), 1.5)
    assert len(ann.errors) == 2
    stepper.step(2)
    for client in (ann, bob, eve):
        assert [line.text for line in client.chats] == [f"line {n}" for n in range(5)] + ["later"]
        assert {line.player for line in client.chats} == {1}


@pytest.mark.parametrize("text", [" ", "\t", "a\nb", "\u202egnol"])
def test_chat_that_cannot_be_shown_is_refused_gently(stepper: Stepper, text: str) -> None:
    client = stepper.join()
    client.say(Chat(text), 0.0)
    assert [error.code for error in client.errors] == [Code.CHAT_REFUSED]
    assert not client.chats


def test_who_cannot_keep_up_with_events_is_ended_with_a_reason(stepper: Stepper) -> None:
    slow, witness = stepper.join(), stepper.join("Bob")
    stepper.step(2)
    slow.link.block()
    for _ in range(limits.EVENTS_QUEUED_MAX):
        stepper.room.say("news", {})
    stepper.lobby.sweep(0.0)
    assert slow.link.closed is None
    stepper.room.say("news", {})
    stepper.lobby.sweep(0.0)
    assert slow.link.closed == (Code.TOO_SLOW, f"{limits.EVENTS_QUEUED_MAX} events piled up unread")
    goes_on(stepper, witness)


def test_who_lags_is_sent_fewer_snapshots_and_is_right_as_soon_as_it_reads(stepper: Stepper) -> None:
    frozen, witness = stepper.join(), stepper.join("Bob")
    frozen.pilot, witness.pilot = wander(Random(1)), wander(Random(2))
    stepper.step(60)
    frozen.pilot, unread = None, frozen.link
    stepper.clients.remove(frozen)
    for _ in range(60):
        stepper.step(30)
        stepper.lobby.sweep(stepper.now_s)
    assert len(unread.sent) < 200, "snapshots, and what was said meanwhile"
    assert stepper.lobby.statistics().viewers_lagging == 1
    goes_on(stepper, witness)
    frozen.pilot = wander(Random(1))
    stepper.clients.append(frozen)
    frozen.read()
    stepper.step(4)
    assert frozen.told.tick == stepper.room.publisher.tick
    assert not list(stepper.differences(frozen))
    assert stepper.lobby.statistics().viewers_lagging == 0


def test_who_lags_without_end_is_ended_with_a_reason_in_the_servers_ticks(stepper: Stepper) -> None:
    client, witness = stepper.join(), stepper.join("Bob")
    stepper.step(2)
    client.say(Inputs(3, [Input()], applied=2), stepper.now_s)
    game_s = 0
    while client.link.closed is None and game_s < 100:
        stepper.step(60)
        game_s += 1
        stepper.lobby.sweep(game_s / 1000)  # a wall clock that hardly moves: only ticks count
    client.read()
    assert refusal_of(client) == Code.TOO_SLOW
    assert "1 s behind for 60 s" in str(client.bye)
    assert game_s == pytest.approx(limits.LAG_S_MAX + limits.BEHIND_S_MAX, abs=2)
    stepper.lobby.sweep(1.0)
    assert stepper.lobby.statistics().too_slow == 1
    goes_on(stepper, witness)


def test_a_server_that_slept_ends_nobody_for_it(stepper: Stepper) -> None:
    """However long the wall clock says that it was, a server that made no ticks was not waiting for anybody."""
    greeting, playing = stepper.connect(), stepper.join()
    blocked = stepper.join("Bob")
    stepper.step(2)
    blocked.link.block()
    stepper.step(2)
    stepper.lobby.excuse(1000.0, 1000.0)
    stepper.lobby.sweep(1000.0)
    everybody = [client.session for client in (greeting, playing, blocked)]
    assert [session.state for session in everybody] == [State.GREETING, State.PLAYING, State.PLAYING]
    stepper.lobby.sweep(1000.0 + limits.SILENCE_S_MAX + 0.1)
    assert [session.state for session in everybody] == [State.ENDED] * 3


def test_who_was_heard_before_the_server_noticed_that_it_slept_is_excused_nothing(stepper: Stepper) -> None:
    """Else a client that vanishes just then would be waited for as much longer."""
    early = stepper.join()
    early.say(Ping(1, 10), stepper.now_s)
    late = stepper.join("Bob")
    stepper.now_s += 1000.0
    late.say(Ping(1, 10), stepper.now_s)
    stepper.lobby.excuse(1000.0, stepper.now_s)
    assert [client.session.hearing.heard_s for client in (early, late)] == [stepper.now_s] * 2
    stepper.lobby.sweep(stepper.now_s + limits.SILENCE_S_MAX + 0.1)
    assert [client.session.state for client in (early, late)] == [State.ENDED] * 2


def test_what_is_refused_gently_says_error_and_goes_on() -> None:
    refused = {"INVALID_NAME", "INPUT_TOO_FAR", "NOT_ALLOWED", "CHAT_REFUSED", "CHAT_TIMED_OUT", "RESUME_REFUSED"}
    where_to = {"ROOM_NOT_FOUND", "ROOM_FULL", "OPEN_REFUSED", "SERVER_STOPPING", "SERVER_FAULT", "ROOM_RETURNING"}
    assert {code.name for code in GENTLE} == refused | where_to
