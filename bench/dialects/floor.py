"""The floor's wire: frames of the right sizes with nothing in them, and no handshake.

A client begins with one frame whose four bytes say, big endian, how long a snapshot it wants to be sent.
"""

import socket
from typing import Final

from bench.dialects import MASK, handshake
from protocol.frames import masked_frame

INPUT_BYTES: Final = 28
"""Of payload, about as many as Ricochet's input message has."""
FRAME_HEADER_BYTES: Final = 4
"""Of a snapshot's frame."""
ASK_FRAME_BYTES: Final = 10
"""Header, mask and four bytes."""


class FloorDialect:
    """Knows every frame for a snapshot, and no ticks."""

    def __init__(self, snapshot_bytes: int) -> None:
        self._snapshot_bytes = snapshot_bytes
        self._input = masked_frame(bytes(INPUT_BYTES), MASK)

    def join(self, port: int, number: int) -> socket.socket:
        with handshake.connected(port) as connection:
            handshake.send_frame(connection, self._snapshot_bytes.to_bytes(4, "big"))
        return connection

    def input_frame(self, tick: int, variant: int) -> bytes:
        return self._input

    def is_snapshot(self, head: bytes) -> bool:
        return True

    def tick_of(self, head: bytes) -> int | None:
        return None
