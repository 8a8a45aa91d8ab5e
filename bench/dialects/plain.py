"""The wire of the hand-written contestants: see `bench.contestants.wire`. Whoever is upgraded is in the game."""

import socket

import msgpack

from bench.contestants.wire import INPUT, SNAPSHOT
from bench.dialects import MASK, handshake
from bench.scene import aim_of, stick_of
from protocol.frames import masked_frame

_NUMBER = bytes((SNAPSHOT,))
"""What follows the array's own byte."""


class PlainDialect:
    """Binary msgpack messages over a WebSocket without a subprotocol."""

    def join(self, port: int, number: int) -> socket.socket:
        with handshake.connected(port) as connection:
            handshake.upgrade(connection, "/")
        return connection

    def input_frame(self, tick: int, variant: int) -> bytes:
        message = [INPUT, max(0, tick), *stick_of(variant), aim_of(tick, variant), 0]
        return masked_frame(msgpack.packb(message), MASK)

    def is_snapshot(self, head: bytes) -> bool:
        return head[1:2] == _NUMBER

    def tick_of(self, head: bytes) -> int | None:
        return msgpack_int(head, 2) if self.is_snapshot(head) else None


def msgpack_int(data: bytes, at: int) -> int:
    """The non-negative msgpack integer that begins at `at`. Raises ValueError when something else does."""
    first = data[at]
    if first < 0x80:
        return first
    width = {0xCC: 1, 0xCD: 2, 0xCE: 4}.get(first)
    if width is None or len(data) < at + 1 + width:
        raise ValueError(f"no tick in {data.hex()}")
    return int.from_bytes(data[at + 1 : at + 1 + width], "big")
