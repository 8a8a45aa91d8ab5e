"""Joining, with blocking calls: what the dialects share. Nothing is read beyond what is asked for."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench.dialects import JOIN_DEADLINE_S, MASK
from protocol.frames import BINARY, masked_frame

RESPONSE_BYTES_MAX: Final = 16_384
FRAME_BYTES_MAX: Final = 1_000_000
"""A welcome brings a whole arena."""


class RefusedError(Exception):
    """The contestant answered, but not as a server of its kind does."""


def connect(port: int) -> socket.socket:
    """A connected blocking socket that waits at most JOIN_DEADLINE_S for anything. Raises OSError."""
    made = socket.create_connection(("127.0.0.1", port), timeout=JOIN_DEADLINE_S)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """`connect`, and closed again when the context ends with an exception."""
    made = connect(port)
    try:
        yield made
    except BaseException:
        made.close()
        raise


def upgrade(connection: socket.socket, path: str, subprotocol: str | None = None) -> None:
    """Make a WebSocket of it. Raises OSError or RefusedError."""
    host, port, *_ = connection.getpeername()
    offer = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    connection.sendall(
        (
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
        ).encode()
    )
    status = read_head(connection).split(b"\r\n", 1)[0].decode("latin-1")
    if " 101 " not in status + " ":
        raise RefusedError(f"no upgrade: {status}")


def read_head(connection: socket.socket) -> bytes:
    """An HTTP response's head, to its blank line, and not a byte more. Raises OSError or RefusedError."""
    head = b""
    while len(head) < RESPONSE_BYTES_MAX:
        ahead = connection.recv(4096, socket.MSG_PEEK)
        if not ahead:
            raise RefusedError("hung up instead of answering")
        end = (head + ahead).find(b"\r\n\r\n")
        head += read_exactly(connection, len(ahead) if end < 0 else end + 4 - len(head))
        if end >= 0:
            return head
    raise RefusedError(f"an answer of more than {RESPONSE_BYTES_MAX} bytes")


def read_exactly(connection: socket.socket, count: int) -> bytes:
    """Raises OSError or RefusedError."""
    received = bytearray()
    while len(received) < count:
        some = connection.recv(count - len(received))
        if not some:
            raise RefusedError("hung up in the middle of an answer")
        received += some
    return bytes(received)


def read_frame(connection: socket.socket) -> tuple[int, bytes]:
    """(first byte, payload) of the next frame, unmasked and of any opcode. Raises OSError or RefusedError."""
    first, length = read_exactly(connection, 2)
    if length >= 126:
        length = int.from_bytes(read_exactly(connection, 2 if length == 126 else 8), "big")
    if length > FRAME_BYTES_MAX:
        raise RefusedError(f"a frame of {length} bytes")
    return first, read_exactly(connection, length)


def send_frame(connection: socket.socket, payload: bytes, first: int = BINARY) -> None:
    connection.sendall(masked_frame(payload, MASK, first))
