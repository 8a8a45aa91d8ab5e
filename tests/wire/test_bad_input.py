"""Whatever a client does wrong gets one clear sentence and its code, and the other players notice nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import msgpack
import pytest
from websockets.exceptions import ConnectionClosed

from tests.instruments.served import Served, served
from tests.wire.stranger import Stranger, open_stranger
from tests.wire.witness import undisturbed, witnessing

MSGPACK, JSON = "ricochet.v1.msgpack", "ricochet.v1.json"
HELLO = {"version": 1, "name": "Mallory"}
PATIENCE_S = 60.0
Deed = Callable[[Stranger], None]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "5") as running:
        yield running


@pytest.fixture
def witness(server: Served) -> Iterator[Stranger]:
    with witnessing(server) as stranger:
        yield stranger


def told_off(stranger: Stranger) -> tuple[int, str, int]:
    """(code of the bye, its sentence, code of the close frame)."""
    byes: list[dict[str, Any]] = []
    with pytest.raises(ConnectionClosed) as closed:
        hear_out(stranger, byes)
    frame = closed.value.rcvd
    assert frame is not None, "closed without a close frame"
    said: dict[str, Any] = byes[0] if byes else {"code": 0, "sentence": frame.reason}
    return said["code"], said["sentence"], frame.code


def hear_out(stranger: Stranger, byes: list[dict[str, Any]]) -> None:
    """Listen until the connection ends, which raises; keep what is said of why."""
    while True:
        message = stranger.hear(PATIENCE_S)
        if message["type"] == "bye":
            byes.append(message)


def sends(wire: bytes | str) -> Deed:
    return lambda stranger: stranger.socket.send(wire)


def after_hello(wire: bytes | str) -> Deed:
    def deed(stranger: Stranger) -> None:
        stranger.tell("hello", **HELLO)
        stranger.hear_until("snapshot")
        stranger.socket.send(wire)

    return deed


def hello(**fields: Any) -> Deed:
    return lambda stranger: stranger.tell("hello", **{**HELLO, **fields})


def inputs(*entry: object, first_tick: object = 100) -> bytes:
    return bytes(msgpack.packb([2, first_tick, [list(entry)], 0]))


DEEDS: list[tuple[str, str, Deed, int]] = [
    ("garbage bytes", MSGPACK, sends(b"\xc1\x00garbage"), 4000),
    ("garbage text", JSON, sends("{garbage"), 4000),
    ("not a message", MSGPACK, sends(msgpack.packb({"hello": 1})), 4000),
    ("an unknown number", MSGPACK, sends(msgpack.packb([99, 1])), 4001),
    ("an unknown name", JSON, sends(json.dumps({"type": "teleport"})), 4001),
    ("a missing field", JSON, sends(json.dumps({"type": "hello", "version": 1})), 4002),
    ("a number out of range", MSGPACK, after_hello(inputs(128, 0, 0, 0, 0)), 4002),
    ("a negative tick", MSGPACK, after_hello(inputs(0, 0, 0, 0, 0, first_tick=-1)), 4002),
    ("not a number", MSGPACK, after_hello(inputs(0, 0, float("nan"), 0, 0)), 4002),
    ("an infinite number", MSGPACK, after_hello(inputs(float("inf"), 0, 0, 0, 0)), 4002),
    ("NaN in JSON", JSON, after_hello('{"type":"ping","nonce":NaN}'), 4000),
    ("too many inputs at once", MSGPACK, after_hello(msgpack.packb([2, 100, [[0, 0, 0, 0, 0]] * 33, 0])), 4002),
    ("a wrong version", MSGPACK, hello(version=2), 4003),
    ("inputs before hello", MSGPACK, sends(inputs(0, 0, 0, 0, 0)), 4004),
    ("hello twice", MSGPACK, after_hello(msgpack.packb([1, 1, "Mallory"])), 4005),
    ("no hello", MSGPACK, lambda stranger: None, 4006),
    ("a name of 10,000 characters", MSGPACK, hello(name="x" * 10_000), 4007),
    ("control characters in a name", JSON, hello(name="a\u0000b\u001b[31m"), 4007),
    ("an empty name", JSON, hello(name=""), 4007),
    ("no such room", MSGPACK, hello(room="nowhere"), 4010),
    ("text instead of binary", MSGPACK, sends("hello"), 4016),
    ("binary instead of text", JSON, sends(b"hello"), 4016),
]


@pytest.mark.parametrize(("encoding", "deed", "code"), [row[1:] for row in DEEDS], ids=[row[0] for row in DEEDS])
def test_a_sentence_and_a_code(server: Served, witness: Stranger, encoding: str, deed: Deed, code: int) -> None:
    with open_stranger(server.play_url, encoding) as stranger:
        deed(stranger)
        said, sentence, closed = told_off(stranger)
    assert (said, closed) == (code, code)
    assert 5 < len(sentence) <= 123
    assert "\n" not in sentence
    assert undisturbed(witness)


def test_a_message_too_long(server: Served, witness: Stranger) -> None:
    with open_stranger(server.play_url, MSGPACK) as stranger:
        stranger.socket.send(b"\x00" * 16_385)
        _, sentence, closed = told_off(stranger)
    assert closed == 1009
    assert "16384" in sentence
    assert undisturbed(witness)


def test_an_input_from_the_far_future_is_refused_and_play_goes_on(server: Served) -> None:
    with open_stranger(server.play_url, MSGPACK) as stranger:
        stranger.tell("hello", **HELLO)
        tick = stranger.hear_until("snapshot")["tick"]
        stranger.socket.send(inputs(0, 0, 0, 0, 0, first_tick=tick + 10_000))
        refused = stranger.hear_until("error")
        assert refused["code"] == 4008
        assert "120 ticks" in refused["sentence"]
        while stranger.ack <= tick:  # a busy machine may be late with one
            soon = stranger.hear_until("snapshot")["tick"] + 60
            stranger.socket.send(inputs(0, 0, 0, 0, 0, first_tick=soon))


def test_a_flood_is_ended(server: Served, witness: Stranger) -> None:
    with open_stranger(server.play_url, MSGPACK) as stranger:
        stranger.tell("hello", **HELLO)
        stranger.hear_until("welcome")
        with suppress(ConnectionClosed):
            for _ in range(3000):
                stranger.socket.send(b"\x92\x03\x01")
        said, _, closed = told_off(stranger)
    assert (said, closed) == (4009, 4009)
    assert undisturbed(witness)
