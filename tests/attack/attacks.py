"""What is done to a server over real sockets. Each attack lasts so many seconds and tells what it got.

An attack is `async (target) -> None`; it counts into `target.got`. What attackers have in common is in `means`.
"""

import os
import resource
import socket
import struct
from contextlib import suppress
from typing import Final

import trio

from protocol import frames, limits
from protocol.messages import Chat, Hello, Inputs, Leave, Ping
from protocol.motion import Input
from tests.attack.means import (
    GONE,
    MSGPACK,
    Attack,
    Target,
    again_and_again,
    at_a_rate,
    each_in_turn,
    joined,
    note_end,
    together,
)
from tests.server.net.wires import frame, upgrade


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

    await together(target, drip, target.many(500))


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

    await at_a_rate(target, be_silent, target.many(200))


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

    await at_a_rate(target, ask, target.many(20))


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

    await together(target, ask, target.many(50))


async def nonsense_flood(target: Target) -> None:
    """50 who ask for what can't be, as fast as they are refused."""
    requests = (b"garbage\r\n\r\n", b"GET /play HTTP/1.1\r\nHost: a\r\n\r\n", upgrade(path="/other"), upgrade("chess"))

    async def ask() -> None:
        for request in requests * 100_000:
            async with await target.connect() as stream:
                await stream.send_all(request)
                answer = await stream.receive_some(65_536)
                target.got[f"HTTP {answer[9:12].decode() or 'nothing'}"] += 1

    await together(target, ask, target.many(50))


async def join_flood(target: Target) -> None:
    """50 who join and leave, as fast as they are let in."""

    async def come_and_go() -> None:
        while True:
            async with await joined(target) as stream:
                await stream.send_all(frame(MSGPACK.encode(Leave())))
                await note_end(target, stream)

    await together(target, come_and_go, target.many(50))


async def message_flood(target: Target) -> None:
    """1,000 messages a second from one client, which comes back whenever it is thrown out."""
    flood = b"".join(
        frame(MSGPACK.encode(message))
        for message in (Inputs(1, [Input(127, 0, 0, 1)]), Chat("spam"), Inputs(9, [Input()] * 32), Ping(1), Ping(2))
        * 20
    )

    async def spam() -> None:
        async with await joined(target) as stream, trio.open_nursery() as nursery:
            nursery.start_soon(note_end, target, stream, nursery.cancel_scope)
            with suppress(*GONE):
                while True:
                    await stream.send_all(flood)
                    target.got["messages sent"] += 100
                    await trio.sleep(0.1)

    await again_and_again(target, spam)


async def frame_flood(target: Target) -> None:
    """Pings, pongs and fragments of nothing, as fast as they are taken, from one client, which comes back."""

    async def spam(flood: bytes) -> None:
        async with await joined(target) as stream, trio.open_nursery() as nursery:
            nursery.start_soon(note_end, target, stream, nursery.cancel_scope)
            await stream.send_all(frame(b"", 0x02))
            with suppress(*GONE):
                while True:
                    await stream.send_all(flood)
                    target.got["frames sent"] += 1000

    wires = [frame(b"", first) * 1000 for first in (0x89, 0x8A, 0x00)]
    await each_in_turn(target, spam, wires, 1)


async def oversize_messages(target: Target) -> None:
    """Messages of 17 KB, 1 MB, and of 2^62 bytes if one believes the header."""

    async def say(wire: bytes) -> None:
        async with await joined(target) as stream:
            with suppress(*GONE):
                await stream.send_all(wire)
            await note_end(target, stream)

    huge = b"\x82\xff" + (1 << 62).to_bytes(8, "big") + b"abcd" + bytes(4096)
    wires = [frame(bytes(17_000)), frame(bytes(1_000_000)), huge, frame(bytes(16_000), 0x02) * 3]
    await each_in_turn(target, say, wires)


async def nested_messages(target: Target) -> None:
    """Lists within lists within lists: as deep as there is room, and announcing all that can be announced."""

    async def say(payload: bytes) -> None:
        async with await joined(target) as stream:
            await stream.send_all(frame(payload[: limits.MESSAGE_BYTES_MAX]))
            await note_end(target, stream)

    pieces = (b"\x91", b"\xdd\x00\x00\x40\x00", b"\xdc\x00\x40", b"\x81\xa1a", b"\xdd\xff\xff\xff\xff", b"\x92\x02")
    await each_in_turn(target, say, [piece * limits.MESSAGE_BYTES_MAX for piece in pieces], 20)


async def compression_bombs(target: Target) -> None:
    """Offers compression, and sends what would be a bomb if that were accepted."""
    offer = upgrade(sec_websocket_extensions="permessage-deflate; server_max_window_bits=15, x-webkit-deflate-frame")

    async def bomb() -> None:
        async with await target.connect() as stream:
            await stream.send_all(offer)
            answer = await stream.receive_some(4096)
            target.got["compression accepted"] += b"sec-websocket-extensions" in answer.lower()
            await stream.send_all(frame(b"\x00" * 8000, frames.BINARY | 0x40))
            await note_end(target, stream)

    await at_a_rate(target, bomb, target.many(20))


async def never_readers(target: Target) -> None:
    """100 players who say that they play, and never read."""

    async def play() -> None:
        async with await joined(target, receive_bytes=4096) as stream:
            target.got["joined"] += 1
            with suppress(*GONE):
                for nonce in range(10_000):
                    await stream.send_all(frame(MSGPACK.encode(Ping(nonce))))
                    await trio.sleep(0.2)

    await together(target, play, target.many(100))


async def half_closed(target: Target) -> None:
    """200 players who say that they say no more, and then neither read nor close."""

    async def play() -> None:
        async with await joined(target, receive_bytes=4096) as stream:
            await stream.send_eof()
            target.got["half closed"] += 1
            await trio.sleep_forever()

    await together(target, play, target.many(200))


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

    await at_a_rate(target, reset, target.many(100))


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
        await together(target, want_in, target.many(200))
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
    target.got["% of a core"] = round(100 * (cpu_s(pid) - before_s) / target.seconds)


def cpu_s(pid: int) -> float:
    """Of CPU that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
        frame_flood,
        oversize_messages,
        nested_messages,
        compression_bombs,
        never_readers,
        half_closed,
        resets,
        out_of_descriptors,
    )
}
