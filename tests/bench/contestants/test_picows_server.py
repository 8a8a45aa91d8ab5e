"""What only `picows` does: a client whose socket is full is sent nothing until it has drained.

Its server plays with the same tests as `websockets`': see `test_websockets_server`.
"""

from typing import Any, cast

import pytest

picows = pytest.importorskip("picows")

from bench.contestants.asyncio_server import Room  # noqa: E402
from bench.contestants.picows_server import Connected  # noqa: E402


class Transport:
    """As much of picows' transport as is used, in memory."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed_with: list[object] = []
        self.underlying_transport = self

    def set_write_buffer_limits(self, high: int) -> None:
        assert high > 0

    def send(self, _: object, message: bytes) -> None:
        self.sent.append(message)

    def send_close(self, code: object, _: bytes) -> None:
        self.closed_with.append(code)

    def disconnect(self) -> None:
        assert self.closed_with


def connected(room: Room) -> tuple[Connected, Transport]:
    connection, transport = Connected(room), Transport()
    connection.on_ws_connected(cast(Any, transport))
    return connection, transport


def test_a_full_socket_is_skipped_until_it_drains() -> None:
    room = Room(4, 600, 30)
    connection, transport = connected(room)
    room.advance()
    connection.pause_writing()
    room.advance()
    assert len(transport.sent) == 1
    connection.resume_writing()
    room.advance()
    assert len(transport.sent) == 2


def test_who_hangs_up_leaves_the_room() -> None:
    room = Room(1, 600, 30)
    first, transport = connected(room)
    refused, other = connected(room)
    assert (len(room.connections), len(other.closed_with)) == (1, 1)
    refused.on_ws_disconnected(cast(Any, other))
    assert len(room.connections) == 1
    first.on_ws_disconnected(cast(Any, transport))
    assert not room.connections
    assert room.enter() is not None
