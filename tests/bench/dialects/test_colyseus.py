"""The Colyseus dialect: against a pretended server here, against the real one in `contestants/test_node`."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from bench.dialects import HEAD_BYTES
from bench.dialects.colyseus import JOIN_ROOM, ROOM_DATA, ROOM_STATE, ROOM_STATE_PATCH, ColyseusDialect
from bench.dialects.handshake import RefusedError
from bench.scene import VARIANTS, aim_of, stick_of
from protocol.frames import BINARY, header

SEAT = {"name": "arena", "processId": "p-1", "roomId": "r_2", "sessionId": "s3"}
TIMED = 0x80
PATIENCE_S = 60.0

Serve = Callable[[socket.socket], None]


@given(st.integers(-5, 2**31 - 1), st.integers(0, VARIANTS - 1))
def test_an_input_is_a_message_of_type_2_in_one_masked_frame(tick: int, variant: int) -> None:
    payload = understood(ColyseusDialect().input_frame(tick, variant))
    assert payload[:2] == bytes([ROOM_DATA, 2])
    assert msgpack.unpackb(payload[2:]) == [2, max(0, tick), *stick_of(variant), aim_of(tick, variant), 0]


@given(st.binary(max_size=HEAD_BYTES))
def test_whatever_arrives_is_a_patch_or_not(head: bytes) -> None:
    assert ColyseusDialect().is_snapshot(head) is (len(head) > 0 and head[0] % 32 == ROOM_STATE_PATCH)
    assert ColyseusDialect().tick_of(head) is None


def test_a_patch_with_a_clock_before_it_is_a_snapshot_too() -> None:
    assert ColyseusDialect().is_snapshot(bytes([ROOM_STATE_PATCH | TIMED, 0, 0]))


def test_joining_takes_a_seat_and_says_so() -> None:
    asked: list[bytes] = []

    def matchmaking(client: socket.socket) -> None:
        asked.append(head_of(client))
        answer(client, json.dumps(SEAT).encode())

    def room(client: socket.socket) -> None:
        asked.append(head_of(client))
        client.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frame(JOIN_ROOM, b"token"))
        asked.append(client.recv(100))
        client.sendall(frame(ROOM_STATE) + frame(ROOM_STATE_PATCH, b"first"))

    with pretended(matchmaking, room) as port, ColyseusDialect().join(port, 0) as joined:
        assert joined.recv(100) == frame(ROOM_STATE_PATCH, b"first")
    assert asked[0].startswith(b"POST /matchmake/join/arena HTTP/1.1\r\n")
    assert asked[1].startswith(b"GET /p-1/r_2?sessionId=s3 HTTP/1.1\r\n")
    assert understood(asked[2]) == bytes([JOIN_ROOM])


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (b"522 Full", b"no rooms", "522 no rooms"),
        (b"200 OK", b"{", "no seat"),
        (b"200 OK", b"[]", "an answer without one"),
        (b"200 OK", b'{"roomId": "r"}', "an answer without one"),
    ],
)
def test_without_a_seat_there_is_no_joining(status: bytes, body: bytes, said: str) -> None:
    def matchmaking(client: socket.socket) -> None:
        head_of(client)
        answer(client, body, status)

    with pretended(matchmaking) as port, pytest.raises(RefusedError, match=said):
        ColyseusDialect().join(port, 0)


def test_a_server_that_is_none_refuses() -> None:
    def matchmaking(client: socket.socket) -> None:
        head_of(client)
        client.sendall(b"220 smtp ready\r\n\r\n")

    with pretended(matchmaking) as port, pytest.raises(RefusedError, match="no seat"):
        ColyseusDialect().join(port, 0)


@pytest.mark.parametrize("greeting", [bytes([BINARY, 0]), bytes([BINARY, 1, 11])])
def test_another_message_than_expected_refuses(greeting: bytes) -> None:
    def matchmaking(client: socket.socket) -> None:
        head_of(client)
        answer(client, json.dumps(SEAT).encode())

    def room(client: socket.socket) -> None:
        head_of(client)
        client.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + greeting)

    with pretended(matchmaking, room) as port, pytest.raises(RefusedError, match="message 10 expected"):
        ColyseusDialect().join(port, 0)


def understood(sent: bytes) -> bytes:
    """The payload of the one binary message that a real server makes of what a client sent."""
    protocol = Protocol(SERVER)
    protocol.receive_data(sent)
    (event,) = protocol.events_received()
    assert isinstance(event, Frame)
    assert event.opcode is Opcode.BINARY
    return bytes(event.data)


def frame(code: int, rest: bytes = b"") -> bytes:
    return header(1 + len(rest)) + bytes([code]) + rest


def answer(client: socket.socket, body: bytes, status: bytes = b"200 OK") -> None:
    client.sendall(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))


def head_of(client: socket.socket) -> bytes:
    """A request, to the blank line after its head, and its body if it has one that is two bytes long."""
    received = b""
    while b"\r\n\r\n" not in received or (received.startswith(b"POST") and not received.endswith(b"{}")):
        some = client.recv(4096)
        assert some, "hung up in the middle of a request"
        received += some
    return received


@contextmanager
def pretended(*serve: Serve) -> Iterator[int]:
    """A port at which each of `serve` has one connection, in this order."""
    raised: list[BaseException] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_S)

        def accept() -> None:
            try:
                for each in serve:
                    client, _ = listener.accept()
                    with client:
                        client.settimeout(PATIENCE_S)
                        each(client)
            except BaseException as error:
                raised.append(error)

        thread = Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert not raised
