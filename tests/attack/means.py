"""One attacker's means: whom it attacks, how it gets in, how it does what it does again and again, and what it notes.

All of it stays on the loopback interface.
"""

import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Final

import trio

from protocol import limits
from protocol.codec import CODECS
from protocol.messages import Bye, Hello
from tests.instruments.served import Served
from tests.server.net.wires import CLOSE, frame, hear_frame, upgrade

MSGPACK: Final = CODECS[limits.SUBPROTOCOL_MSGPACK]
PATIENCE_S: Final = 20.0
"""For an answer, on a machine that has other things to do."""
GONE: Final = (OSError, EOFError, trio.BrokenResourceError, trio.ClosedResourceError)


@dataclass
class Target:
    """Whom, how long and how much of it: `scale` 1 is the full size."""

    server: Served
    seconds: float
    scale: float = 1.0
    got: Counter[str] = field(default_factory=Counter)

    def many(self, count: int) -> int:
        return max(2, round(count * self.scale))

    async def connect(self) -> trio.SocketStream:
        return await trio.open_tcp_stream("127.0.0.1", self.server.port)


Attack = Callable[[Target], Awaitable[None]]


async def joined(target: Target, receive_bytes: int = 0) -> trio.SocketStream:
    """A connection whose client has said hello."""
    with ExitStack() as unless_joined:
        connection = unless_joined.enter_context(trio.socket.socket())
        if receive_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        await connection.connect(("127.0.0.1", target.server.port))
        stream = trio.SocketStream(connection)
        await stream.send_all(upgrade() + frame(MSGPACK.encode(Hello(1, "Mallory"))))
        unless_joined.pop_all()
    return stream


async def note_end(target: Target, stream: trio.SocketStream, scope: trio.CancelScope | None = None) -> None:
    """Count how the server ends the conversation: by the code of its bye or close frame."""
    held, code = bytearray(), 0
    with suppress(*GONE), trio.move_on_after(PATIENCE_S):
        while b"\r\n\r\n" not in held and held[:1] != b"\x82":
            received = await stream.receive_some(65_536)
            if not received:
                break
            held += received
        if held.startswith(b"HTTP"):
            del held[: held.index(b"\r\n\r\n") + 4]
        first = 0
        while first != CLOSE:
            first, payload = await hear_frame(stream, held)
            if first == CLOSE:
                code = int.from_bytes(payload[:2], "big")
            elif payload[1:2] == bytes((Bye.number,)):
                bye = MSGPACK.decode_server(payload)
                code = bye.code if isinstance(bye, Bye) else code
    target.got[f"ended with {code}" if code else "ended without a word"] += 1
    if scope is not None:
        scope.cancel()


async def together(target: Target, deed: Callable[[], Awaitable[None]], count: int) -> None:
    """`count` of them at once, for the whole time."""
    with trio.move_on_after(target.seconds):
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(survived, target, deed)
                await trio.sleep(0.002)
            await trio.sleep_forever()


async def at_a_rate(target: Target, deed: Callable[[], Awaitable[None]], per_second: int) -> None:
    with trio.move_on_after(target.seconds):
        async with trio.open_nursery() as nursery:
            while True:
                nursery.start_soon(survived, target, deed)
                await trio.sleep(1.0 / per_second)


async def again_and_again(target: Target, deed: Callable[[], Awaitable[None]]) -> None:
    with trio.move_on_after(target.seconds):
        while True:
            await survived(target, deed)
            await trio.sleep(0.01)


async def each_in_turn(
    target: Target, deed: Callable[[bytes], Awaitable[None]], wires: list[bytes], per_second: int = 10
) -> None:
    turn = iter(range(1_000_000))
    await at_a_rate(target, lambda: deed(wires[next(turn) % len(wires)]), target.many(per_second))


async def survived(target: Target, deed: Callable[[], Awaitable[None]]) -> None:
    """What happens to an attacker is for it to count."""
    try:
        await deed()
    except GONE:
        target.got["not served"] += 1
