"""The lane over real sockets: order, a peer that does not read, and the same ends as the library alone."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
import trio
import trio_websocket

from bots.lane import HANDED_ON_BYTES_MAX, NO_FD, UNSENT_BYTES_MAX, Lane, PlainLink
from bots.sweep import READ_BYTES_MAX
from protocol.frames import header, unmask


@asynccontextmanager
async def socket_pair() -> AsyncGenerator[tuple[trio.SocketStream, trio.SocketStream], None]:
    here, there = trio.socket.socketpair()
    async with trio.SocketStream(here) as mine, trio.SocketStream(there) as other:
        yield mine, other


HEAD = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


async def test_messages_go_to_the_receiver_and_the_rest_to_the_library() -> None:
    received: list[bytes] = []
    async with socket_pair() as (mine, other):
        lane = Lane(mine, received.append)
        ping = b"\x89\x00"
        await other.send_all(HEAD + header(3) + b"one" + ping + header(3) + b"two")
        left = b""
        while len(left) < len(HEAD + ping):
            left += await lane.receive_some()
        assert left == HEAD + ping
        assert received == [b"one", b"two"]
        assert lane.received_bytes == len(HEAD + ping) + 10
        await other.send_eof()
        assert await lane.receive_some() == b""


async def test_what_is_posted_arrives_masked_and_in_order_with_what_the_library_sends() -> None:
    async with socket_pair() as (mine, other):
        lane = Lane(mine, lambda message: None)
        lane.post(b"first")
        await lane.send_all(b"\x8a\x80\x00\x00\x00\x00")
        lane.post(b"second")
        wire = b""
        while len(wire) < 11 + 6 + 12:
            wire += await other.receive_some()
        assert wire[:2] == b"\x82\x85"
        assert unmask(wire[6:11], wire[2:6]) == b"first"
        assert wire[11:17] == b"\x8a\x80\x00\x00\x00\x00"
        assert unmask(wire[23:], wire[19:23]) == b"second"
        assert lane.sent_bytes == len(wire)


async def test_a_short_write_keeps_its_remainder_and_the_order() -> None:
    async with socket_pair() as (mine, other):
        lane = Lane(mine, lambda message: None)
        size = 0
        while True:  # fill the socket, until a write falls short
            before = lane.sent_bytes
            lane.post(b"x" * 4000)
            size += 4008
            if lane.sent_bytes - before < 4008:
                break
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lane.send_all, b"the library's")
            wire = b""
            while len(wire) < size + 13:
                wire += await other.receive_some()
        assert wire.endswith(b"the library's")
        assert wire.count(b"\x82\xfe\x0f\xa0") == size // 4008


async def test_a_server_that_reads_nothing_is_given_up() -> None:
    async with socket_pair() as (mine, _):
        lane = Lane(mine, lambda message: None)
        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def read() -> None:
                with pytest.raises((trio.BrokenResourceError, trio.ClosedResourceError)):
                    await lane.receive_some()

            await trio.testing.wait_all_tasks_blocked()
            for _ in range(400):
                lane.post(b"x" * 4000)
        assert lane.sent_bytes < 400 * 4000 - UNSENT_BYTES_MAX
        assert str(UNSENT_BYTES_MAX) in lane.fate


async def test_what_a_listener_raises_ends_its_own_connection_and_no_other() -> None:
    def raise_it(message: bytes) -> None:
        raise RuntimeError("a mistake of whoever listens")

    heard: list[bytes] = []
    async with socket_pair() as (mine, other), socket_pair() as (my_second, second):
        broken, sound = Lane(mine, raise_it), Lane(my_second, heard.append)
        ping = b"\x89\x00"
        await other.send_all(HEAD + header(1) + b"x")
        assert await broken.receive_some() == HEAD
        with pytest.raises(RuntimeError, match="a mistake"):
            await broken.receive_some()
        await second.send_all(HEAD + header(1) + b"y" + ping)
        left = b""
        while len(left) < len(HEAD + ping):
            left += await sound.receive_some()
        assert heard == [b"y"]


async def test_what_the_library_does_not_fetch_is_bounded_and_nothing_of_it_is_lost() -> None:
    size = HANDED_ON_BYTES_MAX * 8
    async with socket_pair() as (mine, other):
        lane = Lane(mine, lambda message: None)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(other.send_all, HEAD + header(size) + bytes(size))
            got = len(await lane.receive_some())
            await trio.sleep(0.1)
            assert lane.received_bytes <= HANDED_ON_BYTES_MAX + got + 2 * READ_BYTES_MAX
            while got < len(HEAD + header(size)) + size:
                got += len(await lane.receive_some())


async def test_after_it_was_closed_it_reads_and_writes_nothing() -> None:
    async with socket_pair() as (mine, other):
        lane = Lane(mine, lambda message: None)
        await other.send_all(HEAD)
        assert await lane.receive_some() == HEAD
        await lane.aclose()
        lane.close()
        lane.post(b"nobody will read this")
        assert lane.sent_bytes == 0
        with pytest.raises(trio.ClosedResourceError):
            await lane.receive_some()
        with pytest.raises(trio.ClosedResourceError):
            await lane.send_all(b"x")


async def test_a_reset_is_told_to_the_reader_and_posts_do_nothing() -> None:
    async with socket_pair() as (mine, other):
        lane = Lane(mine, lambda message: None)
        await other.aclose()
        lane.post(b"into the void")
        lane.post(b"again")
        assert await lane.receive_some() == b""


async def test_the_library_works_over_a_lane(nursery: trio.Nursery) -> None:
    """Handshake, both ways, a long message that the library has to carry, and the close."""

    async def echo(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept()
        while True:
            try:
                message = await connection.get_message()
            except trio_websocket.ConnectionClosed:
                return
            await connection.send_message(message if message != b"long" else b"y" * 100_000)

    server = await nursery.start(trio_websocket.serve_websocket, echo, "127.0.0.1", 0, None)
    received: list[bytes] = []
    complete = trio.Event()

    def receive(message: bytes) -> None:
        received.append(message)
        if len(received) == 3:
            complete.set()

    stream = await trio.open_tcp_stream("127.0.0.1", server.port)
    lane = Lane(stream, receive)
    connection = await trio_websocket.wrap_client_stream(nursery, lane, "127.0.0.1", "/")  # type: ignore[arg-type]  # any stream
    lane.post(b"one")
    lane.post(b"long")
    lane.post(b"three")

    @nursery.start_soon
    async def read_what_the_library_has() -> None:
        with suppress(trio_websocket.ConnectionClosed):
            while True:
                message = await connection.get_message()
                lane.came_back(message)
                assert isinstance(message, bytes)
                receive(message)

    with trio.fail_after(60):
        await complete.wait()
    assert received == [b"one", b"y" * 100_000, b"three"]
    await stream.aclose()
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("is_text", [True, False])
async def test_a_plain_link_sends_by_the_library(is_text: bool, nursery: trio.Nursery) -> None:
    received: list[bytes | str] = []
    done = trio.Event()

    async def listen(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept()
        received.append(await connection.get_message())
        received.append(await connection.get_message())
        done.set()
        with pytest.raises(trio_websocket.ConnectionClosed):
            await connection.get_message()

    server = await nursery.start(trio_websocket.serve_websocket, listen, "127.0.0.1", 0, None)
    async with trio_websocket.open_websocket("127.0.0.1", server.port, "/", use_ssl=False) as connection:
        link = PlainLink(connection, is_text)
        nursery.start_soon(link.run)
        link.post(b"one")
        link.post(b"two")
        await done.wait()
    assert received == (["one", "two"] if is_text else [b"one", b"two"])
    assert link.sent_bytes == 6
    nursery.cancel_scope.cancel()


class Desk:
    """Handles lanes in bulk, or would: it keeps what is laid there."""

    def __init__(self) -> None:
        self.seats: list[int] = []
        self.received: list[bytes] = []
        self.settled: list[tuple[int, bytes]] = []
        self.may = list[tuple[int, bool]]()

    def settle(self) -> None:
        self.settled += zip(self.seats, self.received, strict=True)
        self.seats, self.received = [], []

    def may_write(self, seat: int, fd: int) -> None:
        self.may.append((seat, fd != NO_FD))


async def test_what_is_lent_is_read_in_bulk_while_nothing_is_half_read(nursery: trio.Nursery) -> None:
    desk, received = Desk(), list[bytes]()
    async with socket_pair() as (mine, other):
        lane = Lane(mine, received.append)
        left = bytearray()

        @nursery.start_soon
        async def read() -> None:
            with suppress(trio.ClosedResourceError):
                while True:
                    left.extend(await lane.receive_some())

        async def send(data: bytes, count: int) -> None:
            """Until so many have come either way."""
            await other.send_all(data)
            while len(desk.settled) + len(received) + len(left) < count:  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(0.005)

        with trio.fail_after(60):
            await send(HEAD, len(HEAD))
            left.clear()
            lane.lend(desk, 5)
            whole = header(3) + b"one"
            await send(whole, 1)
            assert desk.settled == [(5, whole)]
            lane.take(whole + header(3) + b"t")  # of which the desk says that it isn't for it
            await send(b"wo" + header(5) + b"three", 4)
            assert received == [b"one", b"two", b"three"], "what is half read is read on in the usual way"
            await send(header(4) + b"four", 5)
            assert desk.settled[1:] == [(5, header(4) + b"four")]
            lane.lend(None)
            await send(header(4) + b"five", 6)
            assert received[3:] == [b"five"]
        lane.close()


async def test_what_is_kept_must_go_before_what_is_written_in_bulk() -> None:
    desk = Desk()
    async with socket_pair() as (mine, other):
        lane, size = Lane(mine, lambda message: None), 0
        lane.lend(desk, 5)
        while len(desk.may) < 2:
            lane.post_frame(b"x" * 4000)
            size += 4000
        assert desk.may == [(5, True), (5, False)]
        lane.post_frame(b"last")
        while size > 0:
            size -= len(await other.receive_some())
            lane.post_frame(b"")
        assert desk.may == [(5, True), (5, False), (5, True)]
        lane.close()
        assert desk.may[-1] == (5, False)
