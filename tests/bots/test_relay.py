"""The relay over real sockets: whatever passes, passes whole and in order; every end reaches the other side."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
import trio_websocket

from bots.netsim import HELD_BYTES_MAX, Conditions
from bots.relay import RECEIVE_BYTES, Relay, now_ms

Ends = tuple[Relay, trio.SocketStream, trio.SocketStream]


@asynccontextmanager
async def carried(conditions: Conditions, seed: int = 1) -> AsyncGenerator[Ends, None]:
    """A relay, and a connection through it: a client's end and a server's."""
    relay = Relay(conditions)
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with trio.open_nursery() as nursery, listeners[0]:
        await nursery.start(relay.run)
        client = await relay.open("127.0.0.1", listeners[0].socket.getsockname()[1], seed)
        server = await listeners[0].accept()
        async with client, server:
            with trio.fail_after(60):
                yield relay, client, server
        nursery.cancel_scope.cancel()


async def receive_exactly(stream: trio.SocketStream, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        chunk = await stream.receive_some()
        assert chunk, "it ended early"
        received += chunk
    return bytes(received)


def pattern(count: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in range(count // 4))


BAD = Conditions(rtt_ms=10.0, jitter_ms=20.0, stalls_per_s=5.0, stall_ms=40.0)


@pytest.mark.parametrize("conditions", [Conditions(rtt_ms=2.0), BAD, Conditions(bandwidth_bytes_per_s=5e6)])
async def test_all_bytes_arrive_once_and_in_order_both_ways(conditions: Conditions) -> None:
    sent = pattern(2_000_000)
    async with carried(conditions) as (_, client, server), trio.open_nursery() as nursery:
        nursery.start_soon(client.send_all, sent)
        nursery.start_soon(server.send_all, sent)
        assert await receive_exactly(server, len(sent)) == sent
        assert await receive_exactly(client, len(sent)) == sent


async def test_nothing_comes_early() -> None:
    async with carried(Conditions(rtt_ms=100.0)) as (_, client, server):
        for _ in range(5):
            began_ms = now_ms()
            await client.send_all(b"ping")
            await receive_exactly(server, 4)
            assert now_ms() - began_ms >= 50.0
            await server.send_all(b"pong")
            await receive_exactly(client, 4)
            assert now_ms() - began_ms >= 100.0


async def test_a_half_that_is_closed_is_closed_behind_the_last_byte() -> None:
    async with carried(BAD) as (relay, client, server):
        await client.send_all(b"last words")
        await client.send_eof()
        assert await receive_exactly(server, 10) == b"last words"
        assert await server.receive_some() == b""
        await server.send_all(b"goodbye")
        await server.send_eof()
        assert await receive_exactly(client, 7) == b"goodbye"
        assert await client.receive_some() == b""
        await trio.testing.wait_all_tasks_blocked()
        assert (relay.connections, relay.broken) == (0, 0)


async def test_a_reset_reaches_the_other_end_behind_the_last_byte() -> None:
    async with carried(Conditions(rtt_ms=40.0)) as (relay, client, server):
        await server.send_all(b"last words")
        assert await receive_exactly(client, 10) == b"last words"
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        server.socket.close()
        assert await received_at_the_end(client) == b""
        await trio.testing.wait_all_tasks_blocked()
        assert relay.connections == 0


async def received_at_the_end(stream: trio.SocketStream) -> bytes:
    try:
        return bytes(await stream.receive_some())
    except trio.BrokenResourceError:
        return b""


async def test_who_reads_nothing_stops_who_sends_and_what_is_held_is_bounded() -> None:
    async with carried(Conditions(rtt_ms=20.0)) as (relay, client, server), trio.open_nursery() as nursery:
        sent = pattern(24_000_000)
        nursery.start_soon(client.send_all, sent)
        held_most, read_bytes = 0, -1
        while not held_most or relay.read_bytes > read_bytes:  # until the kernel's buffers are full, too
            read_bytes = relay.read_bytes
            await trio.sleep(0.2)
            held_most = max(held_most, relay.held_bytes)
        assert read_bytes < len(sent), "it takes without end"
        assert held_most < 2 * (HELD_BYTES_MAX + RECEIVE_BYTES), "what is under way, and what has arrived"
        assert await receive_exactly(server, len(sent)) == sent
        assert relay.held_bytes == 0


async def test_the_network_breaks_connections() -> None:
    async with carried(Conditions(disconnects_per_minute=600.0)) as (relay, client, server):
        assert await received_at_the_end(server) == b""
        assert await received_at_the_end(client) == b""
        assert relay.broken == 1
        assert relay.connections == 0


async def test_a_websocket_passes_with_its_subprotocol_its_kinds_of_message_and_its_close_code(
    nursery: trio.Nursery,
) -> None:
    async def echo(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept(subprotocol=request.proposed_subprotocols[0])
        await connection.send_message(await connection.get_message())
        await connection.send_message(await connection.get_message())
        await connection.aclose(4011, "the room is full")

    server = await nursery.start(trio_websocket.serve_websocket, echo, "127.0.0.1", 0, None)
    relay = Relay(BAD)
    await nursery.start(relay.run)
    port = await nursery.start(relay.listen, "127.0.0.1", 0, "127.0.0.1", server.port, 1)
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    with trio.fail_after(60):
        async with stream:
            connection = await trio_websocket.wrap_client_stream(
                nursery, stream, "127.0.0.1", "/play", subprotocols=["ricochet.v1.msgpack"]
            )
            assert connection.subprotocol == "ricochet.v1.msgpack"
            for message in (b"binary", "text"):
                await connection.send_message(message)
                assert await connection.get_message() == message
            with pytest.raises(trio_websocket.ConnectionClosed) as closed:
                await connection.get_message()
    assert closed.value.reason is not None
    assert (closed.value.reason.code, closed.value.reason.reason) == (4011, "the room is full")
    nursery.cancel_scope.cancel()


async def test_where_nobody_listens_the_client_is_told_at_once(nursery: trio.Nursery) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        relay = Relay(BAD)
        await nursery.start(relay.run)
        port = await nursery.start(relay.listen, "127.0.0.1", 0, "127.0.0.1", unused.getsockname()[1], 1)
        client = await trio.open_tcp_stream("127.0.0.1", port)
        with trio.fail_after(60):
            assert await received_at_the_end(client) == b""
        await client.aclose()
    nursery.cancel_scope.cancel()


async def test_one_connection_too_many_is_refused(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.relay.CONNECTIONS_MAX", 1)
    relay = Relay(BAD)
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    await nursery.start(relay.run)
    port = await nursery.start(relay.listen, "127.0.0.1", 0, "127.0.0.1", listeners[0].socket.getsockname()[1], 1)
    first = await trio.open_tcp_stream("127.0.0.1", port)
    server = await listeners[0].accept()
    second = await trio.open_tcp_stream("127.0.0.1", port)
    async with listeners[0], first, second, server:
        with trio.fail_after(60):
            assert await received_at_the_end(second) == b""
            assert relay.refused == 1
            await first.send_all(b"still here")
            assert await receive_exactly(server, 10) == b"still here"
    nursery.cancel_scope.cancel()


async def delays_ms(seed: int) -> list[float]:
    """Of four messages, one after the other, between socket pairs: there what is written is there at once."""
    relay = Relay(Conditions(jitter_ms=400.0))
    client, near = map(trio.SocketStream, trio.socket.socketpair())
    far, server = map(trio.SocketStream, trio.socket.socketpair())
    delays = []
    async with trio.open_nursery() as nursery, client, server:
        await nursery.start(relay.run)
        nursery.start_soon(relay.carry, near, far, seed)
        for _ in range(4):
            began_ms = now_ms()
            await client.send_all(b"ping")
            await receive_exactly(server, 4)
            delays.append(now_ms() - began_ms)
        nursery.cancel_scope.cancel()
    return delays


async def test_each_connection_has_chances_of_its_own_and_the_same_again(
    autojump_clock: trio.testing.MockClock,
) -> None:
    first, again, other = await delays_ms(1), await delays_ms(1), await delays_ms(2)
    assert again == pytest.approx(first, abs=0.001)
    assert other != pytest.approx(first, abs=10.0)
    assert len({round(delay) for delay in first}) > 1
    assert 0.0 <= min(first) < max(first) <= 201.0
