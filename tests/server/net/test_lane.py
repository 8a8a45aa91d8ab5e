"""A lane is a faithful stream: whatever a client sends, the library over a lane hears what it would hear alone."""

from contextlib import suppress
from typing import NamedTuple

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st
from trio_websocket import ConnectionClosed, wrap_server_stream

from protocol import limits
from server.net.lane import CLOSE_DEADLINE_S, PlainLane, close_frame, hang_up
from server.net.sweep import GAP_S
from server.statistics import Traffic
from tests.server.net.wires import (
    CLOSE,
    LANES,
    Ends,
    conversations,
    cut,
    frame,
    hear_frame,
    lane_over,
    stream_pair,
    upgrade,
)


class Heard(NamedTuple):
    """What a conversation came to, on the server's side, and what the client was answered."""

    messages: list[bytes | str]
    end: object
    """The library's code, unless the answers tell: what it makes of bytes behind its own close frame varies."""
    answered: bytes


async def hear(lane: trio.abc.Stream, messages: list[bytes | str]) -> object:
    """How the connection ended; the messages are trio-websocket's over `lane`, and those that the lane delivers."""
    async with trio.open_nursery() as nursery:
        request = await wrap_server_stream(
            nursery, lane, message_queue_size=64, max_message_size=limits.MESSAGE_BYTES_MAX
        )
        connection = await request.accept(subprotocol=limits.SUBPROTOCOL_MSGPACK)
        if isinstance(lane, PlainLane):
            lane.open(lambda message, _: messages.append(message))
        try:
            while True:
                messages.append(await connection.get_message())
        except ConnectionClosed as closed:
            nursery.cancel_scope.cancel()
            return closed.reason and closed.reason.code
    raise AssertionError("it ends by an exception")


async def converse(kind: str, pieces: list[bytes], alone: bool) -> Heard:
    """What is heard when a client sends its request and then `pieces`, one by one, and nothing more."""
    server, client = await stream_pair(kind)
    messages: list[bytes | str] = []
    codes: list[object] = []
    answered = bytearray()

    async def listen() -> None:
        async with trio.open_nursery() as nursery:
            head = bytes(await server.receive_some(16384))
            lane = trio.StapledStream(server, Replayed(head, server)) if alone else lane_over(server, head, nursery)
            codes.append(await hear(lane, messages))
        await trio.aclose_forcefully(server)

    async def read() -> None:
        with suppress(trio.BrokenResourceError):
            while received := await client.receive_some(65536):
                answered.extend(received)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen)
        await client.send_all(upgrade())
        assert (await client.receive_some(4096)).startswith(b"HTTP/1.1 101")
        nursery.start_soon(read)
        with suppress(trio.BrokenResourceError):  # the server has heard enough
            for piece in pieces:
                await client.send_all(piece)
                await trio.testing.wait_all_tasks_blocked(2 * GAP_S)
            assert isinstance(client, trio.abc.HalfCloseableStream)
            await client.send_eof()
    await trio.aclose_forcefully(client)
    return Heard(messages, None if CLOSE in first_bytes(answered) else codes[0], bytes(answered))


def first_bytes(answered: bytes | bytearray) -> list[int]:
    """Of each frame in what a server sent, all of which are short."""
    firsts, at = [], 0
    while at < len(answered):
        firsts.append(answered[at])
        at += 2 + answered[at + 1]
    assert at == len(answered)
    return firsts


class Replayed(trio.abc.ReceiveStream):
    def __init__(self, head: bytes, stream: trio.abc.ReceiveStream) -> None:
        self.head, self.stream = head, stream

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        head, self.head = self.head, b""
        return head or bytes(await self.stream.receive_some(max_bytes))

    async def aclose(self) -> None:
        await self.stream.aclose()


@settings(max_examples=40)
@given(conversations(limits.MESSAGE_BYTES_MAX), st.data())
@pytest.mark.parametrize("kind", LANES)
def test_a_lane_hears_what_the_library_hears_alone(kind: str, wire: bytes, data: st.DataObject) -> None:
    """The same messages, the same end, and the same answers, wherever the bytes were cut."""
    pieces = data.draw(cut(wire))
    over_lane = trio.run(converse, kind, pieces, False)
    assert over_lane == trio.run(converse, "plain", pieces, True)


@pytest.mark.parametrize("kind", LANES)
def test_nothing_is_heard_after_a_close_frame(kind: str) -> None:
    pieces = [frame(b"one"), frame(b"\x03\xe8", CLOSE) + frame(b"two"), frame(b"three")]
    assert trio.run(converse, kind, pieces, False) == Heard([b"one"], None, b"\x88\x02\x03\xe8")


async def test_bytes_are_counted_both_ways(ends: Ends, nursery: trio.Nursery) -> None:
    server, client = ends
    traffic = Traffic()
    lane = lane_over(server, b"head", nursery, traffic)
    lane.open()
    assert await lane.receive_some() == b"head"
    await client.send_all(b"12345")
    assert await lane.receive_some() == b"12345"
    await lane.send_all(b"1234567")
    assert await client.receive_some() == b"1234567"
    assert traffic == Traffic(sent_bytes=7, received_bytes=5)


async def test_frames_wait_until_the_game_is_ready(ends: Ends, nursery: trio.Nursery) -> None:
    server, client = ends
    lane = lane_over(server, b"head", nursery)
    await client.send_all(b"early")
    assert await lane.receive_some() == b"head"
    with trio.move_on_after(0.05) as waited:
        await lane.receive_some()
    assert waited.cancelled_caught
    lane.open()
    assert await lane.receive_some() == b"early"


async def test_bytes_that_came_with_the_head_come_after_it(ends: Ends, nursery: trio.Nursery) -> None:
    server, _ = ends
    lane = PlainLane(server, b"head", b"early", Traffic())
    lane.open()
    assert [await lane.receive_some(), await lane.receive_some()] == [b"head", b"early"]


async def test_what_the_library_closes_stays_open_for_the_last_words(ends: Ends, nursery: trio.Nursery) -> None:
    server, client = ends
    lane = lane_over(server, b"", nursery)
    await lane.aclose()
    with pytest.raises(trio.ClosedResourceError):
        await lane.receive_some()
    with pytest.raises(trio.ClosedResourceError):
        await lane.send_all(b"late")
    nursery.start_soon(lane.part, 1002, "what was that?")
    assert await hear_frame(client, bytearray()) == (0x88, b"\x03\xeawhat was that?")
    await client.aclose()


async def test_one_close_frame_is_enough(ends: Ends, nursery: trio.Nursery) -> None:
    server, client = ends
    lane = lane_over(server, b"", nursery)
    await lane.send_all(close_frame(1009, "too long"))
    nursery.start_soon(lane.part, 1002, "said already")
    held = bytearray()
    assert await hear_frame(client, held) == (0x88, b"\x03\xf1too long")
    with pytest.raises(EOFError):
        await hear_frame(client, held)
    await client.aclose()


async def test_last_words_are_read_though_more_was_sent(tcp_ends: Ends) -> None:
    """Over TCP an unread byte at the closing end would turn the goodbye into a reset."""
    server, client = tcp_ends
    await client.send_all(b"x" * 100_000)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hang_up, server, b"farewell")
        await client.send_all(b"y" * 100_000)
        assert await client.receive_some() == b"farewell"
        assert await client.receive_some() == b""
        await client.aclose()


async def test_a_peer_that_stays_is_left(autojump_clock: trio.testing.MockClock) -> None:
    server, _client = await stream_pair("plain")
    started_s = trio.current_time()
    await hang_up(server, b"farewell")
    assert trio.current_time() - started_s == pytest.approx(CLOSE_DEADLINE_S)


def test_a_reason_is_cut_to_what_a_close_frame_holds() -> None:
    assert len(close_frame(1002, "é" * 200)) <= 127
