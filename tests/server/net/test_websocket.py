"""What a peer says while a conversation is being closed, which must not turn the end into a fault of ours."""

import pytest
import trio

from protocol.frames import BINARY
from server.net.connection import converse
from tests.instruments.stepper import Stepper
from tests.server.net.wires import CLOSE, MSGPACK, PING, Ends, frame, hear_frame, upgrade

GOING = frame(b"\x03\xe8", CLOSE)


@pytest.mark.parametrize(
    "amid",
    [
        pytest.param(frame(b"are you there", PING), id="ping"),
        pytest.param(frame(b"late", BINARY), id="message"),
        pytest.param(frame(b"reserved", 0xF2), id="broken frame"),
        pytest.param(b"\x82\x05plain", id="not masked"),
    ],
)
async def test_what_comes_after_our_close_frame_is_not_answered(ends: Ends, nursery: trio.Nursery, amid: bytes) -> None:
    server, client = ends
    over = trio.Event()

    async def serve() -> None:
        await converse(server, upgrade(), b"", MSGPACK, Stepper(seed=1).lobby, "peer")
        over.set()

    nursery.start_soon(serve)
    await client.receive_some(4096)
    await client.send_all(frame(b"\xc1"))
    held = bytearray()
    while (await hear_frame(client, held))[0] != CLOSE:
        pass
    await client.send_all(amid)
    await client.send_all(GOING)
    with pytest.raises((EOFError, trio.BrokenResourceError)):
        await hear_frame(client, held)
    await client.aclose()
    with trio.fail_after(60):
        await over.wait()
