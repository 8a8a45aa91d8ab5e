"""Both links keep the contract of `server.link`: post without waiting, whole and in order, and close in good time."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import trio
import trio.testing
from trio_websocket import ConnectionClosed, wrap_server_stream

from protocol.codec import Codec
from protocol.frames import BINARY, TEXT
from server.link import Link
from server.net.fast_lane import FastLane
from server.net.lane import CLOSE_DEADLINE_S
from server.net.link import FastLink, PlainLink
from tests.server.net.wires import JSON, LANES, MSGPACK, Ends, frame, hear_frame, lane_over, stream_pair, until, upgrade

CLOSE = 0x88


class Open(NamedTuple):
    """An open connection: the link, the client's end, what has come in, and an event for the end."""

    link: Link
    client: trio.abc.Stream
    received: list[str | bytes]
    ended: trio.Event


@pytest.fixture(params=LANES)
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[Ends]:
    """Streams that can be full: memory alone never is, so there each write waits until it is read."""
    is_fast = request.param == "fast"
    pair: Ends = await stream_pair("fast") if is_fast else trio.testing.lockstep_stream_pair()
    yield pair
    for stream in pair:
        await trio.aclose_forcefully(stream)


async def opened(ends: Ends, codec: Codec, nursery: trio.Nursery) -> Open:
    server, client = ends
    head = upgrade(codec.subprotocol)
    lane = lane_over(server, head, nursery)
    request = await wrap_server_stream(nursery, lane, message_queue_size=64)
    async with trio.open_nursery() as shaking_hands:
        shaking_hands.start_soon(client.receive_some, 4096)
        connection = await request.accept(subprotocol=codec.subprotocol)
    if isinstance(lane, FastLane):
        link: FastLink | PlainLink = FastLink(connection, lane, codec, "peer", nursery)
    else:
        link = PlainLink(connection, lane, codec, "peer", nursery)
    lane.open()
    made = Open(link, client, [], trio.Event())

    async def listen() -> None:
        try:
            while True:
                made.received.append(await connection.get_message())
        except ConnectionClosed:
            made.ended.set()

    nursery.start_soon(listen)
    return made


@pytest.fixture
async def open_link(ends: Ends, nursery: trio.Nursery) -> Open:
    return await opened(ends, MSGPACK, nursery)


async def block(link: Link) -> int:
    """Post until the link is blocked and stays so, however late the kernel gets to it; how many messages."""
    count = quiet = 0
    while quiet < 5:
        quiet += 1
        while not link.blocked:
            link.post(b"%06d" % count + b"s" * 1000)
            count, quiet = count + 1, 0
        await trio.testing.wait_all_tasks_blocked(0.05)
    return count


async def post_each(link: Link, *messages: bytes) -> None:
    for message in messages:
        await until(lambda: not link.blocked)
        link.post(message)


async def test_messages_arrive_whole_and_in_order(open_link: Open, nursery: trio.Nursery) -> None:
    nursery.start_soon(post_each, open_link.link, b"one", b"2" * 200, b"3" * 70_000)
    held = bytearray()
    assert await hear_frame(open_link.client, held) == (BINARY, b"one")
    assert await hear_frame(open_link.client, held) == (BINARY, b"2" * 200)
    first, length = await hear_long_header(open_link.client, held)
    assert (first, length) == (BINARY, 70_000)


async def hear_long_header(client: trio.abc.Stream, held: bytearray) -> tuple[int, int]:
    while len(held) < 10:
        held += await client.receive_some(65536)
    assert held[1] == 127
    return held[0], int.from_bytes(held[2:10], "big")


async def test_json_goes_out_as_text(ends: Ends, nursery: trio.Nursery) -> None:
    made = await opened(ends, JSON, nursery)
    made.link.post('{"type":"bye","sentence":"à bientôt"}'.encode())
    first, payload = await hear_frame(made.client, bytearray())
    assert first == TEXT
    assert payload.decode().endswith('bientôt"}')


async def test_a_blocked_link_opens_when_the_peer_reads(open_link: Open) -> None:
    count = await block(open_link.link)
    held = bytearray()
    for n in range(count):
        assert (await hear_frame(open_link.client, held))[1].startswith(b"%06d" % n)
    await until(lambda: not open_link.link.blocked)


async def test_pings_are_answered_among_the_posts(open_link: Open, nursery: trio.Nursery) -> None:
    heard: list[int] = []

    async def listen() -> None:
        held = bytearray()
        while len(heard) < 20:
            heard.append((await hear_frame(open_link.client, held))[0])

    nursery.start_soon(listen)
    for n in range(10):
        await open_link.client.send_all(frame(b"%d" % n, 0x89))
        await post_each(open_link.link, b"snapshot")
    await until(lambda: len(heard) == 20)
    assert sorted(heard) == [BINARY] * 10 + [0x8A] * 10


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param(frame((4999).to_bytes(2, "big"), CLOSE), 4999, id="it closes"),
        pytest.param(frame(b"x" * 2_000_000), 1009, id="it says too much"),
    ],
)
async def test_who_ends_it_while_something_waits_for_them_hears_a_close_frame(
    open_link: Open, nursery: trio.Nursery, said: bytes, code: int
) -> None:
    for _ in range(3):
        open_link.link.post(b"news")
    nursery.start_soon(open_link.client.send_all, said)
    await trio.testing.wait_all_tasks_blocked(0.05)
    held = bytearray()
    with trio.fail_after(60):
        while (heard := await hear_frame(open_link.client, held))[0] != CLOSE:
            assert heard == (BINARY, b"news")
    assert int.from_bytes(heard[1][:2], "big") == code


async def test_the_last_message_comes_before_the_close_frame(open_link: Open) -> None:
    open_link.link.post(b"bye")
    open_link.link.close(4032, "stopping")
    open_link.link.close(4033, "only the first counts")
    open_link.link.post(b"ignored")
    held = bytearray()
    assert await hear_frame(open_link.client, held) == (BINARY, b"bye")
    assert await hear_frame(open_link.client, held) == (CLOSE, b"\x0f\xc0stopping")
    await open_link.client.send_all(frame(b"\x0f\xc0", CLOSE))
    await open_link.ended.wait()


async def test_a_peer_that_doesnt_answer_is_left_after_a_while(
    ends: Ends, autojump_clock: trio.testing.MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        made = await opened(ends, MSGPACK, nursery)
        started_s = trio.current_time()
        made.link.close(4032, "stopping")
    assert trio.current_time() - started_s == pytest.approx(CLOSE_DEADLINE_S, abs=0.1)


async def test_a_peer_that_doesnt_read_is_waited_for_and_left_when_closed(
    ends: Ends, autojump_clock: trio.testing.MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        made = await opened(ends, MSGPACK, nursery)
        await block(made.link)
        await trio.sleep(1000)
        assert made.link.blocked
        assert 0 < made.link.waiting_bytes < 10_000
        started_s = trio.current_time()
        made.link.close(4013, "too slow")
    assert trio.current_time() - started_s == pytest.approx(CLOSE_DEADLINE_S, abs=0.5)
    assert made.ended.is_set()
    assert made.link.waiting_bytes == 0
