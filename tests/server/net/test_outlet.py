"""Frames that are written past the lanes never get into the middle of one, and none is lost without a word."""

import trio

from protocol.frames import header
from server.net.fast_lane import FastLane
from server.net.outlet import OUTLET
from server.statistics import Traffic
from tests.server.net.test_fast_lane import SNAPSHOT, fill, lane_over
from tests.server.net.wires import Ends, hear_frame, stream_pair, until

SMALL = header(3) + b"abc"


def opened(server: trio.abc.Stream, nursery: trio.Nursery) -> FastLane:
    lane = lane_over(server, nursery)
    lane.open()
    return lane


async def test_a_frame_goes_to_each_and_is_counted(nursery: trio.Nursery) -> None:
    pairs = [await stream_pair("fast") for _ in range(3)]
    lanes = [opened(server, nursery) for server, _ in pairs]
    traffic = lanes[0].traffic
    assert OUTLET.write([lane.fd for lane in lanes], [SMALL] * 3) == []
    for _, client in pairs:
        assert await hear_frame(client, bytearray()) == (SMALL[0], b"abc")
    assert (traffic.sent_messages, traffic.sent_bytes) == (3, 3 * len(SMALL))
    for lane, pair in zip(lanes, pairs, strict=True):
        await close(lane, pair)


async def test_a_lane_that_is_not_open_or_has_said_its_last_word_gets_nothing(
    tcp_ends: Ends, nursery: trio.Nursery
) -> None:
    lane = lane_over(tcp_ends[0], nursery)
    assert OUTLET.write([lane.fd], [SMALL]) == [0]
    lane.open()
    assert OUTLET.write([lane.fd], [SMALL]) == []
    lane.say_no_more()
    assert OUTLET.write([lane.fd], [SMALL]) == [0]
    lane.forget()


async def test_what_the_socket_does_not_take_is_the_lanes(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    lane = opened(tcp_ends[0], nursery)
    count = 0
    while not OUTLET.write([lane.fd], [SNAPSHOT]):
        count += 1
    assert lane.blocked
    assert OUTLET.write([lane.fd], [SMALL]) == [0]
    held = bytearray()
    for _ in range(count):
        assert await hear_frame(tcp_ends[1], held) == (SNAPSHOT[0], SNAPSHOT[4:])
    assert not held
    assert not lane.blocked
    assert OUTLET.write([lane.fd], [SMALL]) == []
    assert await hear_frame(tcp_ends[1], held) == (SMALL[0], b"abc")
    lane.forget()


async def test_nothing_overtakes_what_the_lane_has_yet_to_write(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    lane = opened(tcp_ends[0], nursery)
    count, held = fill(lane), bytearray()
    assert OUTLET.write([lane.fd], [SMALL]) == [0]
    for _ in range(count):
        assert await hear_frame(tcp_ends[1], held) == (SNAPSHOT[0], SNAPSHOT[4:])
    lane.forget()


async def test_a_peer_that_is_gone_harms_nobody(nursery: trio.Nursery) -> None:
    gone, there = await stream_pair("fast"), await stream_pair("fast")
    lanes = [opened(server, nursery) for server, _ in (gone, there)]
    await trio.aclose_forcefully(gone[1])
    await until(lambda: OUTLET.write([lane.fd for lane in lanes], [SMALL] * 2) == [0])  # a reset takes a moment
    assert OUTLET.write([lanes[0].fd], [SMALL]) == [0]
    assert await hear_frame(there[1], bytearray()) == (SMALL[0], b"abc")
    for lane, pair in zip(lanes, (gone, there), strict=True):
        await close(lane, pair)


async def test_a_descriptor_that_is_another_lanes_by_now_is_left_to_it(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    former = opened(tcp_ends[0], nursery)
    assert isinstance(tcp_ends[0], trio.SocketStream)
    lane = FastLane(tcp_ends[0], b"", b"", Traffic(), nursery)
    assert OUTLET.write([lane.fd], [SMALL]) == [0], "the new one is not open yet"
    lane.open()
    former.forget()
    assert OUTLET.write([lane.fd], [SMALL]) == []
    lane.forget()
    lane.forget()


async def close(lane: FastLane, pair: Ends) -> None:
    lane.stop_reading()
    lane.forget()
    for stream in pair:
        await trio.aclose_forcefully(stream)
