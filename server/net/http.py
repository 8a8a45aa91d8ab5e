"""HTTP beside the game: hypercorn serves one request of a connection whose head the front door has read.

One request and no more, for the front door must see every head: any of them may be an upgrade. What a client says after
it, as it may before it is answered (RFC 9112, 9.3.2), is read and forgotten: hypercorn, which has said that it closes,
takes it for a fault, and breaks off its answer.
"""

import logging
from collections.abc import Mapping
from typing import Any, cast

import h11
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, LifespanState
from starlette.types import ASGIApp, Receive, Scope, Send

REQUEST_S_MAX = 120.0
"""From a request's first byte to the last byte of its answer, however slow the peer."""

AFTERWARDS_BYTES_MAX = 65_536
"""Of what is said after the request; who says more is hung up on."""


class HttpServer:
    """Serves `app` (ASGI) over streams that somebody else accepts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = ASGIWrapper(cast(ASGIFramework, _Newer(app)))
        self._context = WorkerContext(None)
        self._config = Config()
        self._config.keep_alive_max_requests = 1
        self._config.include_server_header = False
        self._config.errorlog = logging.getLogger("hypercorn")

    async def serve(
        self,
        stream: trio.abc.Stream,
        received: bytes,
        socket: trio.socket.SocketType,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer the request that `received` begins; `socket` is what `stream` goes over.

        `app` finds in its scope, under `state`, what is already known of the request.
        """
        # hypercorn takes whatever has the socket's address; its annotation names the one stream it makes itself.
        replay = cast(Any, _Replay(stream, received, socket))
        async with trio.open_nursery() as serving:
            serving.start_soon(_break_off, stream, serving.cancel_scope)
            await TCPServer(self._app, self._config, self._context, LifespanState(state or {}), replay)
            serving.cancel_scope.cancel()


async def _break_off(stream: trio.abc.Stream, serving: trio.CancelScope) -> None:
    """When it is time: hypercorn shields what it sends, to a peer who reads nothing as well, and lets go only when the
    stream is closed."""
    await trio.sleep(REQUEST_S_MAX)
    await trio.aclose_forcefully(stream)
    serving.cancel()


class _Newer:
    """`app`, told of ASGI 2.4, whose servers take whatever is sent after a disconnect, as hypercorn does.

    It says 2.1. Starlette then cancels the sending of a file when the connection goes, and with it hypercorn's
    closing of the connection, which happens in that very task.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "asgi": {**scope["asgi"], "spec_version": "2.4"}}, receive, send)


class _Replay(trio.abc.HalfCloseableStream):
    """`stream` from its beginning, though `received` has been read from it, and to the end of its first request."""

    def __init__(self, stream: trio.abc.Stream, received: bytes, socket: trio.socket.SocketType) -> None:
        self.socket = socket
        self._stream = stream
        self._received = received
        self._first, self._afterwards_bytes = _FirstRequest(), 0

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        while received := await self._receive(max_bytes):
            part = self._first.cut(received)
            if part:
                return part
            self._afterwards_bytes += len(received)
            if self._afterwards_bytes > AFTERWARDS_BYTES_MAX:
                await trio.aclose_forcefully(self._stream)
        return b""

    async def _receive(self, max_bytes: int | None) -> bytes:
        if self._received:
            await trio.lowlevel.checkpoint()
            received, self._received = self._received, b""
            return received
        return bytes(await self._stream.receive_some(max_bytes))

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        if isinstance(self._stream, trio.abc.HalfCloseableStream):
            await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()


class _FirstRequest:
    """Where it ends."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.SERVER)
        self._is_whole = self._is_broken = False

    def cut(self, received: bytes) -> bytes:
        """What of that is the request's; of one that makes no sense everything, for it is hypercorn's to refuse."""
        if self._is_whole or self._is_broken:
            return received if self._is_broken else b""
        self._h11.receive_data(received)
        try:
            while (event := self._h11.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.EndOfMessage):
                    self._is_whole = True
                    return received[: len(received) - len(self._h11.trailing_data[0])]
        except h11.RemoteProtocolError:
            self._is_broken = True
        return received
