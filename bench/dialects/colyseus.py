"""Colyseus 0.18's wire, as far as a client needs it that doesn't decode the state.

    client   POST /matchmake/join/arena  {}
    server   {"processId": …, "roomId": …, "sessionId": …}        a seat, kept for 15 s
    client   a WebSocket at /processId/roomId?sessionId=…
    server   JOIN_ROOM, token, serializer, the state's reflection
    client   JOIN_ROOM
    server   ROOM_STATE, everything; then a ROOM_STATE_PATCH whenever something changed, here in every tick
    client   ROOM_DATA, the message's type, msgpack

Each message is one binary frame; its first byte says which it is, in five bits below three of modifiers. A patch holds
no tick.
"""

import json
import socket
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

import msgpack

from bench.dialects import JOIN_DEADLINE_S, MASK, handshake
from bench.dialects.handshake import RefusedError
from bench.scene import aim_of, stick_of
from protocol.frames import masked_frame

ROOM: Final = "arena"

JOIN_ROOM: Final = 10
ROOM_DATA: Final = 13
ROOM_STATE: Final = 14
ROOM_STATE_PATCH: Final = 15
_CODE_BITS: Final = 0x1F

INPUT: Final = 2
"""The type of our message, and its first element: the rest is as in the `plain` dialect."""


class ColyseusDialect:
    """A `Dialect`."""

    def join(self, port: int, number: int) -> socket.socket:
        """Raises OSError or RefusedError."""
        seat = _seat(port)
        connection = handshake.connect(port)
        try:
            handshake.upgrade(connection, f"/{seat['processId']}/{seat['roomId']}?sessionId={seat['sessionId']}")
            _expect(connection, JOIN_ROOM)
            handshake.send_frame(connection, bytes([JOIN_ROOM]))
            _expect(connection, ROOM_STATE)
        except BaseException:
            connection.close()
            raise
        return connection

    def input_frame(self, tick: int, variant: int) -> bytes:
        message = msgpack.packb([INPUT, max(0, tick), *stick_of(variant), aim_of(tick, variant), 0])
        return masked_frame(bytes([ROOM_DATA, INPUT]) + message, MASK)

    def is_snapshot(self, head: bytes) -> bool:
        return bool(head) and head[0] & _CODE_BITS == ROOM_STATE_PATCH

    def tick_of(self, head: bytes) -> int | None:
        return None


def _seat(port: int) -> dict[str, Any]:
    """A place in the room. Raises OSError or RefusedError."""
    http = HTTPConnection("127.0.0.1", port, timeout=JOIN_DEADLINE_S)
    try:
        http.request("POST", f"/matchmake/join/{ROOM}", b"{}", {"Content-Type": "application/json"})
        answer = http.getresponse()
        body = answer.read(handshake.RESPONSE_BYTES_MAX)
        if answer.status != 200:
            raise RefusedError(f"no seat: {answer.status} {body.decode(errors='replace')}")
        seat = json.loads(body)
    except (HTTPException, ValueError) as error:
        raise RefusedError(f"no seat: {error}") from error
    finally:
        http.close()
    if not isinstance(seat, dict) or not {"processId", "roomId", "sessionId"} <= seat.keys():
        raise RefusedError("no seat: an answer without one")
    return seat


def _expect(connection: socket.socket, code: int) -> None:
    _, payload = handshake.read_frame(connection)
    if not payload or payload[0] & _CODE_BITS != code:
        raise RefusedError(f"message {code} expected, got {payload[:1].hex() or 'nothing'}")
