"""trio-websocket's connection, mended where a peer can make it fail, or keep it busy.

After our close frame nothing may be said any more (RFC 6455, 5.5.1). The library tries to all the same when a ping
comes in meanwhile; wsproto then raises what is meant for a mistake of ours, and the connection ends in a traceback,
its last words perhaps lost. Here it keeps silent, and goes on waiting for the peer's close.

The library goes through all that it has read, thousands of frames perhaps, and lets nobody else have a turn unless it
has something to answer or to deliver; and of a message whose fragments never end it keeps each, the empty ones too.
Here it gives way after every frame, and pings, pongs and fragments have a bucket: when that is empty, whoever is in
charge is told, and no more of them are looked at. Into how many pieces a network cuts a frame is nobody's fault, and
costs no token; of these few are kept.

It counts the characters of a text, where what is bounded are bytes.
"""

from collections.abc import Callable
from typing import Any

import trio
from trio_websocket import WebSocketConnection
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, Event, Ping, Pong, TextMessage

from server.bucket import Bucket

_SAID_ALL = (ConnectionState.LOCAL_CLOSING, ConnectionState.CLOSED)


class Connection(WebSocketConnection):
    """A server's end."""

    def __init__(
        self, stream: trio.abc.Stream, frames: Bucket, message_queue_size: int, max_message_size: int, buffer_size: int
    ) -> None:
        """`frames` is the bucket of those that are no whole message."""
        super().__init__(
            stream,
            WSConnection(ConnectionType.SERVER),
            message_queue_size=message_queue_size,
            max_message_size=max_message_size,
            receive_buffer_size=buffer_size,
        )
        self.on_flood: Callable[[], None] = _nothing
        """Called once, when there are too many of them."""
        self._frames = frames
        self._is_flooded = self._is_amid = False

    async def _send(self, event: Event) -> None:
        if self._wsproto.state not in _SAID_ALL:
            await super()._send(event)

    async def _handle_ping_event(self, event: Ping) -> None:
        if await self._bears():
            await super()._handle_ping_event(event)

    async def _handle_pong_event(self, event: Pong) -> None:
        if await self._bears():
            await super()._handle_pong_event(event)

    async def _handle_message_event(self, event: BytesMessage | TextMessage) -> None:
        was_amid, self._is_amid = self._is_amid, not event.frame_finished
        if isinstance(event.data, str) and not event.data.isascii():
            self._message_size += len(event.data.encode()) - len(event.data)
        if event.message_finished:
            if self._wsproto.state in _SAID_ALL:  # it is delivered to nobody, and so without giving way
                await trio.lowlevel.checkpoint()
            await super()._handle_message_event(event)
        elif self._is_amid:
            await trio.lowlevel.checkpoint()
            if not self._is_flooded:
                await super()._handle_message_event(event)
        elif await self._bears():
            await super()._handle_message_event(event)
        if was_amid:
            self._join_pieces()

    def _join_pieces(self) -> None:
        """The last two are one as soon as the later isn't shorter: so there are few, and each byte is moved seldom."""
        pieces: list[Any] = self._message_parts
        while len(pieces) > 1 and len(pieces[-2]) <= len(pieces[-1]):
            later = pieces.pop()
            pieces[-1] += later

    async def _bears(self) -> bool:
        """Whether one more is borne; after the first that isn't, none is."""
        await trio.lowlevel.checkpoint()
        if not self._is_flooded and not self._frames.take(trio.current_time()):
            self._is_flooded = True
            self.on_flood()
        return not self._is_flooded


async def accept(
    nursery: trio.Nursery,
    stream: trio.abc.Stream,
    subprotocol: str,
    frames: Bucket,
    message_queue_size: int,
    max_message_size: int,
    buffer_size: int,
) -> Connection:
    """`trio_websocket.wrap_server_stream`, with a connection of our own, and the answer to its handshake."""
    connection = Connection(stream, frames, message_queue_size, max_message_size, buffer_size)
    nursery.start_soon(connection._reader_task)
    request = await connection._get_request()
    await request.accept(subprotocol=subprotocol)
    return connection


def _nothing() -> None:
    """Before anybody is in charge."""
