"""Joining reads exactly what it asks for: against a pretended server on the other end of a socket pair."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.dialects import handshake
from bench.dialects.handshake import FRAME_BYTES_MAX, RESPONSE_BYTES_MAX, RefusedError
from protocol.frames import header

OK = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """(the client's end, the server's), over TCP."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = handshake.connect(listening.getsockname()[1])
        server, _ = listening.accept()
    with client, server:
        server.settimeout(60)
        yield client, server


def test_an_upgrade_is_asked_for_and_leaves_the_frames_behind_it(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    server.sendall(OK + header(3) + b"abc")
    handshake.upgrade(client, "/play", "a.protocol")
    asked = server.recv(4096)
    assert asked.startswith(b"GET /play HTTP/1.1\r\n")
    assert b"\r\nSec-WebSocket-Protocol: a.protocol\r\n" in asked
    assert asked.endswith(b"\r\n\r\n")
    assert client.recv(100) == header(3) + b"abc"


@given(st.lists(st.integers(1, len(OK) - 1), max_size=4))
def test_an_answer_in_pieces_is_an_answer(cuts: list[int]) -> None:
    client, server = socket.socketpair()
    with client, server:
        client.settimeout(60)
        ordered = sorted(set(cuts))
        for start, end in zip([0, *ordered], [*ordered, len(OK)], strict=True):
            server.send(OK[start:end])
        server.send(b"more")
        assert handshake.read_head(client) == OK
        assert client.recv(100) == b"more"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "503 Service Unavailable"),
        (b"", "hung up instead"),
        (b"HTTP/1.1 101", "hung up instead"),
        (b"x" * (RESPONSE_BYTES_MAX + 1), "more than"),
    ],
)
def test_what_is_no_upgrade_is_refused(answer: bytes, why: str, ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    server.sendall(answer)
    server.shutdown(socket.SHUT_WR)
    with pytest.raises(RefusedError, match=why):
        handshake.upgrade(client, "/")


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_frame_is_read_whole_and_alone(length: int, ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    server.sendall(header(length) + b"x" * length + b"next")
    assert handshake.read_frame(client) == (0x82, b"x" * length)
    assert client.recv(100) == b"next"


def test_a_frame_without_end_is_refused(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    server.sendall(header(FRAME_BYTES_MAX + 1))
    with pytest.raises(RefusedError, match="a frame of"):
        handshake.read_frame(client)
    server.sendall(header(10) + b"half")
    server.shutdown(socket.SHUT_WR)
    with pytest.raises(RefusedError, match="in the middle"):
        handshake.read_frame(client)
