"""The fast lane never waits to write, keeps frames whole and in order, and gives up on a peer that doesn't read."""

from contextlib import suppress

import pytest
import trio
import trio.testing

from protocol.frames import header
from server.net.backlog import TOGETHER, current_backlog
from server.net.fast_lane import DELIVERED_TOGETHER_MAX, FastLane, can_carry
from server.net.lane import WAITING_BYTES_MAX
from server.statistics import Traffic
from tests.server.net.wires import Ends, frame, hear_frame, stream_pair, until

SNAPSHOT = header(1000) + b"s" * 1000


def lane_over(server: trio.abc.Stream, nursery: trio.Nursery) -> FastLane:
    assert isinstance(server, trio.SocketStream)
    return FastLane(server, b"", b"", Traffic(), nursery)


def fill(lane: FastLane) -> int:
    """Write snapshots until the socket takes no more; how many."""
    for count in range(1, 100_000):
        lane.write(SNAPSHOT)
        if lane.blocked:
            return count
    raise AssertionError("the socket takes everything")


async def fill_for_good(lane: FastLane) -> None:
    """Until the peer's buffers are full too, and the kernel moves nothing any more, however late it gets to it."""
    quiet = 0
    while quiet < 20:
        quiet += 1
        if not lane.blocked:
            fill(lane)
            quiet = 0
        await trio.testing.wait_all_tasks_blocked(0.05)


async def test_only_a_plain_socket_is_carried(tcp_ends: Ends) -> None:
    assert can_carry(tcp_ends[0])
    assert not can_carry(trio.testing.memory_stream_pair()[0])


async def test_messages_are_delivered_before_what_comes_after_them(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    delivered: list[bytes] = []
    lane = lane_over(server, nursery)
    lane.open(lambda message, _: delivered.append(message))
    ping = frame(b"", 0x89)
    await client.send_all(frame(b"one") + frame(b"two") + ping + frame(b"three"))
    assert await lane.receive_some() == ping
    assert delivered == [b"one", b"two", b"three"]


async def test_many_messages_at_once_give_way_and_keep_their_order(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane, told = lane_over(server, nursery), list[bytes]()
    many, ping = [b"%d" % number for number in range(100)], frame(b"", 0x89)
    await client.send_all(b"".join(map(frame, many[:50])) + ping + b"".join(map(frame, many[50:])) + ping)
    lane.open(lambda message, _: told.append(message))
    together, before = 0, 0
    while len(told) < len(many):
        await trio.lowlevel.checkpoint()
        together, before = max(together, len(told) - before), len(told)
    assert told == many
    assert together <= DELIVERED_TOGETHER_MAX + 2 * TOGETHER
    assert await lane.receive_some() == ping * 2
    await client.send_all(frame(b"and on"))
    await until(lambda: told[-1] == b"and on")


async def test_what_came_before_the_lane_was_open_gives_way_too(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    assert isinstance(server, trio.SocketStream)
    delivered: list[bytes] = []
    many = [b"%d" % number for number in range(20)]
    lane = FastLane(server, b"", b"".join(map(frame, many)), Traffic(), nursery)
    await client.send_all(frame(b"and on"))
    lane.open(lambda message, _: delivered.append(message))
    assert delivered == many[:DELIVERED_TOGETHER_MAX]
    assert len(current_backlog()) == 1
    await until(lambda: len(delivered) > len(many))
    assert delivered == [*many, b"and on"]
    await until(lambda: not current_backlog())


async def test_a_mistake_of_ours_with_a_later_one_ends_its_own_connection(tcp_ends: Ends) -> None:
    server, client = tcp_ends

    def deliver(message: bytes, now_s: float) -> None:
        if message == b"9":
            raise RuntimeError("nobody thought of this")

    with pytest.RaisesGroup(RuntimeError):
        async with trio.open_nursery() as nursery:
            lane_over(server, nursery).open(deliver)
            await client.send_all(b"".join(frame(b"%d" % number) for number in range(20)))
            await trio.sleep_forever()


async def test_of_many_none_is_delivered_after_the_last_word(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane, delivered = lane_over(server, nursery), list[bytes]()

    def deliver(message: bytes, now_s: float) -> None:
        delivered.append(message)
        if len(delivered) == 10:
            lane.say_no_more()

    lane.open(deliver)
    await client.send_all(frame(b"more") * 100)
    await client.send_all(frame(b"\x03\xe8", 0x88))
    assert await lane.receive_some() == frame(b"\x03\xe8", 0x88)
    assert len(delivered) == 10


async def test_without_anybody_to_deliver_to_all_is_handed_on(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane = lane_over(server, nursery)
    lane.open()
    await client.send_all(frame(b"one"))
    assert await lane.receive_some() == frame(b"one")


async def test_after_the_last_word_all_is_handed_on(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane = lane_over(server, nursery)
    delivered: list[bytes] = []
    lane.open(lambda message, _: delivered.append(message))
    lane.say_no_more()
    await client.send_all(frame(b"late") * 3)
    assert await lane.receive_some() == frame(b"late") * 3
    assert not delivered


async def test_the_remainder_is_written_as_the_peer_reads(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane = lane_over(server, nursery)
    count = fill(lane)
    held = bytearray()
    for _ in range(count):
        assert await hear_frame(client, held) == (SNAPSHOT[0], SNAPSHOT[4:])
    assert not held
    assert not lane.blocked


async def test_the_librarys_frames_wait_behind_the_remainder(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane = lane_over(server, nursery)
    count = fill(lane)
    pong = header(4, 0x8A) + b"pong"
    nursery.start_soon(lane.send_all, pong)
    await trio.testing.wait_all_tasks_blocked()
    lane.write(SNAPSHOT)
    held = bytearray()
    heard = [(await hear_frame(client, held))[0] for _ in range(count + 2)]
    assert heard == [SNAPSHOT[0]] * count + [pong[0], SNAPSHOT[0]]


async def test_a_peer_that_never_reads_is_waited_for_until_it_is_given_up(
    tcp_ends: Ends, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    lane = lane_over(tcp_ends[0], nursery)
    lane.open()
    await fill_for_good(lane)
    await trio.sleep(1000)
    assert lane.blocked
    assert 0 < lane.waiting_bytes <= len(SNAPSHOT)
    await lane.abort()
    assert await lane.receive_some() == b""
    assert lane.blocked, "there is nobody to take anything"
    assert lane.waiting_bytes == 0
    with pytest.raises(trio.BrokenResourceError):
        await lane.send_all(b"more")


async def test_the_library_waits_for_a_peer_that_never_reads_and_hears_when_it_is_given_up(
    tcp_ends: Ends, nursery: trio.Nursery
) -> None:
    lane = lane_over(tcp_ends[0], nursery)
    lane.open()
    await fill_for_good(lane)
    heard = trio.Event()

    async def send() -> None:
        with pytest.raises(trio.BrokenResourceError):
            await lane.send_all(b"pong")
        heard.set()

    nursery.start_soon(send)
    await trio.testing.wait_all_tasks_blocked()
    assert not heard.is_set()
    await lane.abort()
    with trio.fail_after(60):
        await heard.wait()


async def test_little_may_wait_for_a_peer(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    lane = lane_over(tcp_ends[0], nursery)
    lane.open()
    fill(lane)
    for _ in range(WAITING_BYTES_MAX // len(SNAPSHOT) + 1):
        lane.write(SNAPSHOT)
    assert lane.blocked
    assert lane.waiting_bytes == 0
    assert await lane.receive_some() == b""


async def test_writing_to_a_peer_that_is_gone_ends_the_connection(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    lane = lane_over(server, nursery)
    lane.open()
    await client.aclose()
    for _ in range(100):
        lane.write(SNAPSHOT)
        await trio.sleep(0.001)
    assert lane.blocked
    with suppress(trio.BrokenResourceError):
        assert await lane.receive_some() == b""


async def test_what_is_written_after_the_end_is_for_no_other_connection(nursery: trio.Nursery) -> None:
    """That comes to have the same descriptor."""
    server, client = await stream_pair("fast")
    lane = lane_over(server, nursery)
    lane.forget()
    await server.aclose()
    await client.aclose()
    others = [await stream_pair("fast") for _ in range(3)]
    assert lane.fd in [stream.socket.fileno() for pair in others for stream in pair]  # type: ignore[attr-defined]
    lane.write(SNAPSHOT)
    for other_server, other_client in others:
        await other_server.send_all(b"its own")
        await other_client.send_all(b"its own")
        assert await other_client.receive_some() == b"its own"
        assert await other_server.receive_some() == b"its own"
        await other_server.aclose()
        await other_client.aclose()


async def test_an_aborted_one_sees_its_end(nursery: trio.Nursery) -> None:
    server, client = await stream_pair("fast")
    lane = lane_over(server, nursery)
    lane.open()
    assert not lane.blocked
    await lane.abort()
    assert lane.blocked, "nothing more need be made for it"
    assert await lane.receive_some() == b""
    await trio.aclose_forcefully(server)
    await trio.aclose_forcefully(client)


async def test_a_mistake_of_ours_ends_its_own_connection_and_no_sweep(tcp_ends: Ends, nursery: trio.Nursery) -> None:
    server, client = tcp_ends
    other_server, other_client = await stream_pair("fast")
    delivered: list[bytes] = []
    other = lane_over(other_server, nursery)
    other.open(lambda message, _: delivered.append(message))

    def fail(message: bytes | str, now_s: float) -> None:
        raise ZeroDivisionError("the mistake")

    with pytest.RaisesGroup(ZeroDivisionError):
        async with trio.open_nursery() as its_own:
            lane = lane_over(server, its_own)
            lane.open(fail)
            await client.send_all(frame(b"one"))
            await trio.sleep_forever()
    await other_client.send_all(frame(b"two"))
    with trio.fail_after(60):
        while not delivered:  # noqa: ASYNC110
            await trio.sleep(0.001)
    assert delivered == [b"two"]
    other.stop_reading()
    await trio.aclose_forcefully(other_server)
    await trio.aclose_forcefully(other_client)
