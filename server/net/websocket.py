"""trio-websocket's connection, mended where a peer can make it fail.

After our close frame nothing may be said any more (RFC 6455, 5.5.1). The library tries to all the same when a ping
comes in meanwhile; wsproto then raises what is meant for a mistake of ours, and the connection ends in a traceback,
its last words perhaps lost. Here it keeps silent, and goes on waiting for the peer's close.
"""

import trio
from trio_websocket import WebSocketConnection, WebSocketRequest
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import Event

_SAID_ALL = (ConnectionState.LOCAL_CLOSING, ConnectionState.CLOSED)


class Connection(WebSocketConnection):
    """A server's end."""

    async def _send(self, event: Event) -> None:
        if self._wsproto.state not in _SAID_ALL:
            await super()._send(event)


async def wrap(
    nursery: trio.Nursery,
    stream: trio.abc.Stream,
    message_queue_size: int,
    max_message_size: int,
    receive_buffer_size: int,
) -> WebSocketRequest:
    """`trio_websocket.wrap_server_stream`, with a connection of our own."""
    connection = Connection(
        stream,
        WSConnection(ConnectionType.SERVER),
        message_queue_size=message_queue_size,
        max_message_size=max_message_size,
        receive_buffer_size=receive_buffer_size,
    )
    nursery.start_soon(connection._reader_task)
    return await connection._get_request()
