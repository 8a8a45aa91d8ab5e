"""What the tick sees of a connection, over either lane: see `server.link` for the contract.

Posting never awaits and closing happens in the background; both start a task in the connection's nursery only
when there is something to wait for, so an idle connection costs nothing here.
"""

from collections import deque
from contextlib import suppress
from typing import ClassVar

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from protocol.codec import Codec
from protocol.errors import clip_reason
from protocol.frames import BINARY, TEXT, header
from server.inputs import InputBuffer
from server.link import NO_FD, Outlet
from server.net.fast_lane import FastLane
from server.net.lane import CLOSE_DEADLINE_S, PlainLane
from server.net.outlet import OUTLET

UNBLOCKED_BYTES_MAX = 8192
_SHORT = 4096
_HEADERS = {first: tuple(header(length, first) for length in range(_SHORT)) for first in (BINARY, TEXT)}
"""Of frames as short as nearly all are, by their first byte and length."""


class _Link:
    """How a connection is closed, which is the same for both."""

    __slots__ = ("_connection", "_has_closed", "_lane", "_nursery", "address", "codec", "guest")

    def __init__(
        self, connection: WebSocketConnection, lane: PlainLane, codec: Codec, address: str, nursery: trio.Nursery
    ) -> None:
        self.codec = codec
        self.address = address
        self.guest = ""
        self._connection = connection
        self._lane = lane
        self._nursery = nursery
        self._has_closed = False

    def close(self, code: int, reason: str) -> None:
        if not self._has_closed:
            self._has_closed = True
            self._lane.say_no_more()
            self._nursery.start_soon(self._say_goodbye, code, clip_reason(reason))

    def feed(self, inputs: InputBuffer | None) -> None:
        self._lane.feed(inputs)

    async def _say_goodbye(self, code: int, reason: str) -> None:
        with trio.move_on_after(CLOSE_DEADLINE_S) as deadline:
            await self._wait_written()
            await self._connection.aclose(code, reason)
        if deadline.cancelled_caught:
            await self._lane.abort()

    async def _wait_written(self) -> None:
        """Until all that was posted is where the close frame can't overtake it."""


class FastLink(_Link):
    """Posts straight to the socket."""

    __slots__ = ("_fast_lane", "_first_byte", "_headers")

    def __init__(
        self, connection: WebSocketConnection, lane: FastLane, codec: Codec, address: str, nursery: trio.Nursery
    ) -> None:
        super().__init__(connection, lane, codec, address, nursery)
        self._fast_lane = lane
        self._first_byte = TEXT if codec.is_text else BINARY
        self._headers = _HEADERS[self._first_byte]

    outlet: ClassVar[Outlet | None] = OUTLET

    @property
    def fd(self) -> int:
        return self._fast_lane.fd

    @property
    def blocked(self) -> bool:
        return self._fast_lane.blocked

    @property
    def waiting_bytes(self) -> int:
        return self._fast_lane.waiting_bytes

    def post(self, *messages: bytes) -> None:
        lane = self._fast_lane
        if lane.is_closing:
            return
        lane.traffic.sent_messages += len(messages)
        if len(messages) == 1 and (length := len(messages[0])) < _SHORT:  # a snapshot alone, as they nearly all are
            lane.write(self._headers[length] + messages[0])
        else:
            lane.write(b"".join([header(len(message), self._first_byte) + message for message in messages]))


class PlainLink(_Link):
    """Posts with the library's own `send_message`.

    That takes a task, which has no chance to run while a tick posts an event and then a snapshot. So a little may
    wait before the link counts as blocked, as a socket's buffer would hold a little.
    """

    def __init__(
        self, connection: WebSocketConnection, lane: PlainLane, codec: Codec, address: str, nursery: trio.Nursery
    ) -> None:
        super().__init__(connection, lane, codec, address, nursery)
        self._waiting: deque[bytes] = deque()
        """The first is being written."""
        self._waiting_bytes = 0
        self._written = trio.Event()

    outlet: ClassVar[Outlet | None] = None
    fd: ClassVar[int] = NO_FD

    @property
    def blocked(self) -> bool:
        return self._waiting_bytes > UNBLOCKED_BYTES_MAX

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def post(self, *messages: bytes) -> None:
        if self._lane.is_closing:
            return
        self._lane.traffic.sent_messages += len(messages)
        self._waiting_bytes += sum(map(len, messages))
        is_idle = not self._waiting
        self._waiting.extend(messages)
        if is_idle:
            self._written = trio.Event()
            self._nursery.start_soon(self._write_waiting)

    async def _write_waiting(self) -> None:
        waiting_bytes_max, is_closing = self._lane.bounds.waiting_bytes_max, False
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            try:
                while self._waiting and self._waiting_bytes <= waiting_bytes_max:
                    message = self._waiting[0]
                    await self._write(message)
                    self._waiting.popleft()
                    self._waiting_bytes -= len(message)
            except ConnectionClosed:  # the library may be about to say the last word, and isn't to be cut short
                is_closing = True
        if self._waiting:
            self._waiting.clear()
            self._waiting_bytes = 0
            if not is_closing:
                await self._lane.abort()
        self._written.set()

    async def _write(self, message: bytes) -> None:
        try:
            await self._connection.send_message(message.decode() if self.codec.is_text else message)
        except ConnectionClosed as closed:
            if closed.reason is None or not self._lane.owes_close_frame(closed.reason.code):
                raise
            # The peer broke the framing. What it had asked before is answered first, as it is by a fast link.
            owed = header(len(message), TEXT if self.codec.is_text else BINARY) + message
            self._lane.traffic.sent_bytes += len(owed)
            await self._lane.stream.send_all(owed)

    async def _wait_written(self) -> None:
        if self._waiting:
            await self._written.wait()
