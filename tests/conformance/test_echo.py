"""The echo that the conformance tests talk to: over both lanes, what is said comes back as what it was."""

from collections.abc import AsyncIterator

import pytest
import trio
from trio_websocket import open_websocket_url

from protocol import limits
from server.net.lane import Bounds
from tests.instruments.echo import front_door
from tests.server.net.wires import CLOSE, LANES, frame, hear_frame, upgrade

ROOM = Bounds(message_bytes_max=200_000, waiting_bytes_max=400_000)


@pytest.fixture(params=LANES)
async def port(request: pytest.FixtureRequest, nursery: trio.Nursery) -> AsyncIterator[int]:
    """Of an echo over the lane of the parameter."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        await nursery.start(trio.serve_listeners, front_door(request.param, ROOM).welcome, [listener])
        yield listener.socket.getsockname()[1]


@pytest.mark.parametrize("said", [b"", b"binary", "text, à la carte", b"\x00" * 150_000, "x" * 150_000])
async def test_what_is_said_comes_back_as_what_it_was(port: int, said: str | bytes) -> None:
    url = f"ws://127.0.0.1:{port}/play"
    with trio.fail_after(60):
        async with open_websocket_url(url, subprotocols=[limits.SUBPROTOCOL_MSGPACK]) as socket:
            await socket.send_message(said)
            assert await socket.get_message() == said


async def test_its_bounds_are_those_it_was_given(port: int) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await stream.send_all(upgrade())
        assert (await stream.receive_some()).startswith(b"HTTP/1.1 101")
        await stream.send_all(frame(b"x", 0x02) + frame(b"x" * 65_535, 0x00) * 4)
        first, payload = await hear_frame(stream, bytearray())
        assert (first, payload[:2]) == (CLOSE, (1009).to_bytes(2, "big"))
