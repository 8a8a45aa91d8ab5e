"""Ricochet's wire (PROTOCOL.md), as much of it as a client needs that never looks at what it is shown.

An input is addressed to a coming tick; the generator sees to it that `tick` is a few ahead of the newest snapshot.
"""

import socket

from bench.dialects import LEAD_TICKS_MAX, MASK, handshake
from bench.dialects.plain import msgpack_int
from bench.scene import aim_of, stick_of
from protocol import limits
from protocol.codec import MsgpackCodec
from protocol.frames import masked_frame
from protocol.messages import SNAPSHOT_NUMBER, Hello, Inputs, Welcome
from protocol.motion import Input

_NUMBER = bytes((SNAPSHOT_NUMBER,))
"""What follows the array's own byte."""


class RicochetDialect:
    """Joins as a bot, in msgpack."""

    def __init__(self) -> None:
        self._codec = MsgpackCodec()

    def join(self, port: int, number: int) -> socket.socket:
        hello = Hello(limits.PROTOCOL_VERSION, f"load{number}", bot=True)
        with handshake.connected(port) as connection:
            handshake.upgrade(connection, "/play", limits.SUBPROTOCOL_MSGPACK)
            handshake.send_frame(connection, self._codec.encode(hello))
            _, payload = handshake.read_frame(connection)
            answer = self._codec.decode_server(payload)
            if not isinstance(answer, Welcome):
                raise handshake.RefusedError(f"not welcome: {answer}")
        return connection

    def input_frame(self, tick: int, variant: int) -> bytes:
        held = Input(*stick_of(variant), aim_of(tick, variant))
        message = Inputs(max(0, tick), [held], max(0, tick - LEAD_TICKS_MAX))
        return masked_frame(self._codec.encode(message), MASK)

    def is_snapshot(self, head: bytes) -> bool:
        return head[1:2] == _NUMBER

    def tick_of(self, head: bytes) -> int | None:
        return msgpack_int(head, 2) if self.is_snapshot(head) else None
