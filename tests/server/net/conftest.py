"""What the tests of the edge ask for: both ends of a connection, for either lane."""

from collections.abc import AsyncIterator

import pytest
import trio

from tests.server.net.wires import LANES, Ends, stream_pair


@pytest.fixture(params=LANES)
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[Ends]:
    """(server's end, client's end); the server puts the lane of the parameter over its own."""
    pair = await stream_pair(request.param)
    yield pair
    for stream in pair:
        await trio.aclose_forcefully(stream)


@pytest.fixture
async def tcp_ends() -> AsyncIterator[Ends]:
    """The same over TCP only."""
    pair = await stream_pair("fast")
    yield pair
    for stream in pair:
        await trio.aclose_forcefully(stream)
