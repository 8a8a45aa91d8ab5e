"""A contestant on `picows` and uvloop, with shared cell buffers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.contestants.asyncio_server import WAITING_BYTES_MAX, Player, Room, main
from bench.contestants.wire import INPUT_BYTES_MAX

BINARY = WSMsgType.BINARY


class Connected(WSListener):
    """A connection is its own listener: the library calls, nothing is awaited."""

    player: Player

    def __init__(self, room: Room) -> None:
        self._room = room
        self._is_full = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(high=WAITING_BYTES_MAX)
        player = self._room.enter()
        if player is None:
            _part(transport, WSCloseCode.TRY_AGAIN_LATER, b"the room is full")
            return
        self.player = player
        self._room.connections.add(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == BINARY and frame.fin:
            try:
                self._room.receive(self.player, frame.get_payload_as_memoryview())
            except ValueError as error:
                _part(transport, WSCloseCode.UNSUPPORTED_DATA, str(error).encode())
        elif frame.msg_type == WSMsgType.CLOSE:
            _part(transport, frame.get_close_code(), frame.get_close_message())
        else:
            _part(transport, WSCloseCode.UNSUPPORTED_DATA, b"not an input")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self in self._room.connections:
            self._room.connections.remove(self)
            self._room.leave(self.player)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False

    def post(self, message: bytes) -> None:
        if not self._is_full:
            self._transport.send(BINARY, message)


def _part(transport: WSTransport, code: WSCloseCode, reason: bytes) -> None:
    transport.send_close(code, reason)
    transport.disconnect()


@asynccontextmanager
async def listen(room: Room, port: int) -> AsyncIterator[int]:
    def connected(request: WSUpgradeRequest) -> Connected:
        return Connected(room)

    server = await ws_create_server(connected, "127.0.0.1", port, max_frame_size=INPUT_BYTES_MAX, backlog=1024)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


if __name__ == "__main__":
    main(listen)
