"""What is done to a server over real sockets. Each attack lasts so many seconds and tells what it got.

An attack is `async (target) -> None`; it counts into `target.got`. All of it stays on the loopback interface.
"""

import os
import resource
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import trio

from protocol import frames, limits
from protocol.codec import CODECS
from protocol.messages import Bye, Chat, Hello, Inputs, Leave, Ping
from protocol.motion import Input
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


async def slow_handshakes(target: Target) -> None:
    """500 connections that say a byte of their request every half second."""
    head = upgrade()

    async def drip() -> None:
        began_s = trio.current_time()
        async with await target.connect() as stream, trio.open_nursery() as nursery:
            nursery.start_soon(_until_closed, target, stream, nursery.cancel_scope)
            with suppress(*GONE):
                for byte in head:
                    await stream.send_all(bytes((byte,)))
                    await trio.sleep(0.5)
        target.got["closed after the deadline"] += trio.current_time() - began_s > limits.HANDSHAKE_DEADLINE_S - 0.5

    await _together(target, drip, target.many(500))


async def _until_closed(target: Target, stream: trio.SocketStream, scope: trio.CancelScope) -> None:
    with suppress(*GONE):
        while await stream.receive_some(4096):
            target.got["answers"] += 1
    scope.cancel()


async def silent_connections(target: Target) -> None:
    """200 new connections a second that say nothing."""

    async def be_silent() -> None:
        with suppress(*GONE):
            async with await target.connect() as stream:
                target.got["opened"] += 1
                if await stream.receive_some(1) == b"":
                    target.got["hung up on"] += 1

    await _at_a_rate(target, be_silent, target.many(200))


async def long_headers(target: Target) -> None:
    """Header lines of 1 MB."""

    async def ask() -> None:
        with suppress(*GONE):
            async with await target.connect() as stream:
                try:
                    await stream.send_all(b"GET /play HTTP/1.1\r\nHost: a\r\nX-Long: ")
                    for _ in range(16):
                        await stream.send_all(b"x" * 65_536)
                        target.got["KiB taken"] += 64
                except GONE:
                    target.got["cut off"] += 1
                answer = await stream.receive_some(4096)
                target.got[f"HTTP {answer[9:12].decode() or 'nothing'}"] += 1

    await _at_a_rate(target, ask, target.many(20))


async def request_flood(target: Target) -> None:
    """50 who ask for pages, rooms and metrics, as fast as they are answered."""
    paths = ("/metrics", "/api/rooms", "/", "/maps/pinball.json", "/nothing")

    async def ask() -> None:
        for path in paths * 10_000:
            async with await target.connect() as stream:
                await stream.send_all(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                answer = await stream.receive_some(65_536)
                target.got[f"HTTP {answer[9:12].decode() or 'nothing'}"] += 1
                while await stream.receive_some(65_536):
                    pass

    await _together(target, ask, target.many(50))


async def nonsense_flood(target: Target) -> None:
    """50 who ask for what can't be, as fast as they are refused."""
    requests = (b"garbage\r\n\r\n", b"GET /play HTTP/1.1\r\nHost: a\r\n\r\n", upgrade(path="/other"), upgrade("chess"))

    async def ask() -> None:
        for request in requests * 100_000:
            async with await target.connect() as stream:
                await stream.send_all(request)
                answer = await stream.receive_some(65_536)
                target.got[f"HTTP {answer[9:12].decode() or 'nothing'}"] += 1

    await _together(target, ask, target.many(50))


async def join_flood(target: Target) -> None:
    """50 who join and leave, as fast as they are let in."""

    async def come_and_go() -> None:
        while True:
            async with await _joined(target) as stream:
                await stream.send_all(frame(MSGPACK.encode(Leave())))
                await _note_end(target, stream)

    await _together(target, come_and_go, target.many(50))


async def message_flood(target: Target) -> None:
    """1,000 messages a second from one client, which comes back whenever it is thrown out."""
    flood = b"".join(
        frame(MSGPACK.encode(message))
        for message in (Inputs(1, [Input(127, 0, 0, 1)]), Chat("spam"), Inputs(9, [Input()] * 32), Ping(1), Ping(2))
        * 20
    )

    async def spam() -> None:
        async with await _joined(target) as stream, trio.open_nursery() as nursery:
            nursery.start_soon(_note_end, target, stream, nursery.cancel_scope)
            with suppress(*GONE):
                while True:
                    await stream.send_all(flood)
                    target.got["messages sent"] += 100
                    await trio.sleep(0.1)

    await _again_and_again(target, spam)


async def oversize_messages(target: Target) -> None:
    """Messages of 17 KB, 1 MB, and of 2^62 bytes if one believes the header."""

    async def say(wire: bytes) -> None:
        async with await _joined(target) as stream:
            with suppress(*GONE):
                await stream.send_all(wire)
            await _note_end(target, stream)

    huge = b"\x82\xff" + (1 << 62).to_bytes(8, "big") + b"abcd" + bytes(4096)
    wires = [frame(bytes(17_000)), frame(bytes(1_000_000)), huge, frame(bytes(16_000), 0x02) * 3]
    await _each_in_turn(target, say, wires)


async def nested_messages(target: Target) -> None:
    """Lists within lists within lists: as deep as there is room, and announcing all that can be announced."""

    async def say(payload: bytes) -> None:
        async with await _joined(target) as stream:
            await stream.send_all(frame(payload[: limits.MESSAGE_BYTES_MAX]))
            await _note_end(target, stream)

    pieces = (b"\x91", b"\xdd\x00\x00\x40\x00", b"\xdc\x00\x40", b"\x81\xa1a", b"\xdd\xff\xff\xff\xff", b"\x92\x02")
    await _each_in_turn(target, say, [piece * limits.MESSAGE_BYTES_MAX for piece in pieces], 20)


async def compression_bombs(target: Target) -> None:
    """Offers compression, and sends what would be a bomb if that were accepted."""
    offer = upgrade(sec_websocket_extensions="permessage-deflate; server_max_window_bits=15, x-webkit-deflate-frame")

    async def bomb() -> None:
        async with await target.connect() as stream:
            await stream.send_all(offer)
            answer = await stream.receive_some(4096)
            target.got["compression accepted"] += b"sec-websocket-extensions" in answer.lower()
            await stream.send_all(frame(b"\x00" * 8000, frames.BINARY | 0x40))
            await _note_end(target, stream)

    await _at_a_rate(target, bomb, target.many(20))


async def never_readers(target: Target) -> None:
    """100 players who say that they play, and never read."""

    async def play() -> None:
        async with await _joined(target, receive_bytes=4096) as stream:
            target.got["joined"] += 1
            with suppress(*GONE):
                for nonce in range(10_000):
                    await stream.send_all(frame(MSGPACK.encode(Ping(nonce))))
                    await trio.sleep(0.2)

    await _together(target, play, target.many(100))


async def half_closed(target: Target) -> None:
    """200 players who say that they say no more, and then neither read nor close."""

    async def play() -> None:
        async with await _joined(target, receive_bytes=4096) as stream:
            await stream.send_eof()
            target.got["half closed"] += 1
            await trio.sleep_forever()

    await _together(target, play, target.many(200))


async def resets(target: Target) -> None:
    """100 connections a second that are reset at every stage of an opening."""

    async def reset() -> None:
        stage = target.got["reset"] % 4
        async with await target.connect() as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            target.got["reset"] += 1
            await stream.send_all(upgrade()[: (0, 40, 4096, 4096)[stage]] or b"G")
            if stage == 3:
                await stream.receive_some(4096)
                await stream.send_all(frame(MSGPACK.encode(Hello(1, "Eve"))))

    await _at_a_rate(target, reset, target.many(100))


async def out_of_descriptors(target: Target) -> None:
    """The server may open ten more files; 200 connections want in."""
    pid = target.server.process.pid
    limit = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    before_s = cpu_s(pid)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 10, limit[1]))

    async def want_in() -> None:
        with suppress(*GONE):
            async with await target.connect() as stream:
                await stream.send_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                answer = await stream.receive_some(4096)
                target.got["answered"] += b" 200 " in answer

    try:
        await _together(target, want_in, target.many(200))
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
    target.got["% of a core"] = round(100 * (cpu_s(pid) - before_s) / target.seconds)


def cpu_s(pid: int) -> float:
    """Of CPU that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# how it is repeated ----------------------------------------------------------------------------------------


async def _joined(target: Target, receive_bytes: int = 0) -> trio.SocketStream:
    """A connection whose client has said hello."""
    connection = trio.socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    await connection.connect(("127.0.0.1", target.server.port))
    stream = trio.SocketStream(connection)
    await stream.send_all(upgrade() + frame(MSGPACK.encode(Hello(1, "Mallory"))))
    return stream


async def _note_end(target: Target, stream: trio.SocketStream, scope: trio.CancelScope | None = None) -> None:
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


async def _together(target: Target, deed: Callable[[], Awaitable[None]], count: int) -> None:
    """`count` of them at once, for the whole time."""
    with trio.move_on_after(target.seconds):
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(_survived, target, deed)
                await trio.sleep(0.002)
            await trio.sleep_forever()


async def _at_a_rate(target: Target, deed: Callable[[], Awaitable[None]], per_second: int) -> None:
    with trio.move_on_after(target.seconds):
        async with trio.open_nursery() as nursery:
            while True:
                nursery.start_soon(_survived, target, deed)
                await trio.sleep(1.0 / per_second)


async def _again_and_again(target: Target, deed: Callable[[], Awaitable[None]]) -> None:
    with trio.move_on_after(target.seconds):
        while True:
            await _survived(target, deed)
            await trio.sleep(0.01)


async def _each_in_turn(
    target: Target, deed: Callable[[bytes], Awaitable[None]], wires: list[bytes], per_second: int = 10
) -> None:
    turn = iter(range(1_000_000))
    await _at_a_rate(target, lambda: deed(wires[next(turn) % len(wires)]), target.many(per_second))


async def _survived(target: Target, deed: Callable[[], Awaitable[None]]) -> None:
    """What happens to an attacker is for it to count."""
    try:
        await deed()
    except GONE:
        target.got["not served"] += 1


ATTACKS: Final[dict[str, Attack]] = {
    attack.__name__: attack
    for attack in (
        slow_handshakes,
        silent_connections,
        long_headers,
        request_flood,
        nonsense_flood,
        join_flood,
        message_flood,
        oversize_messages,
        nested_messages,
        compression_bombs,
        never_readers,
        half_closed,
        resets,
        out_of_descriptors,
    )
}
