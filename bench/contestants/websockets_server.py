"""A contestant on `websockets` (its asyncio server) and uvloop, with shared cell buffers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from bench.contestants.asyncio_server import WAITING_BYTES_MAX, Player, Room, main
from bench.contestants.wire import INPUT_BYTES_MAX


class Connected:
    """Posts with `broadcast` to one: the library's way to send without a task for each message."""

    def __init__(self, connection: ServerConnection, player: Player) -> None:
        self.player = player
        self._one = (connection,)
        self._transport = connection.transport

    def post(self, message: bytes) -> None:
        if not self._transport.get_write_buffer_size():
            broadcast(self._one, message)


@asynccontextmanager
async def listen(room: Room, port: int) -> AsyncIterator[int]:
    async def play(connection: ServerConnection) -> None:
        player = room.enter()
        if player is None:
            await connection.close(CloseCode.TRY_AGAIN_LATER, "the room is full")
            return
        connected = Connected(connection, player)
        room.connections.add(connected)
        try:
            async for message in connection:
                if isinstance(message, str):
                    raise ValueError("text")
                room.receive(player, message)
        except ValueError as error:
            await connection.close(CloseCode.INVALID_DATA, str(error))
        except ConnectionClosed:
            pass
        finally:
            room.connections.discard(connected)
            room.leave(player)

    async with serve(
        play,
        "127.0.0.1",
        port,
        compression=None,
        max_size=INPUT_BYTES_MAX,
        write_limit=WAITING_BYTES_MAX,
        backlog=1024,
        close_timeout=1,
    ) as server:
        yield next(iter(server.sockets)).getsockname()[1]


if __name__ == "__main__":
    main(listen)
