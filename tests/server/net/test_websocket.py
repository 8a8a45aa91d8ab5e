"""What a peer says while a conversation is being closed must not turn the end into a fault of ours; nor may what it
says at once keep others waiting, or be kept for ever."""

import pytest
import trio
import trio.testing
from trio_websocket import ConnectionClosed

from protocol.frames import BINARY, TEXT
from server.bucket import Bucket
from server.net.connection import converse
from server.net.websocket import Connection, accept
from tests.instruments.stepper import Stepper
from tests.server.net.wires import CLOSE, MSGPACK, PING, PONG, Ends, frame, hear_frame, upgrade

GOING = frame(b"\x03\xe8", CLOSE)
COUNT = 300


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


async def accepted(server: trio.abc.Stream, client: trio.abc.Stream, nursery: trio.Nursery, burst: int) -> Connection:
    """With a bucket for so many frames that are no message; its reader runs."""
    await client.send_all(upgrade())
    bucket = Bucket.full(1.0, burst, trio.current_time())
    return await accept(nursery, server, MSGPACK.subprotocol, bucket, 64, 16_384, 65_536)


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(frame(b"", PONG) * COUNT, id="pongs"),
        pytest.param(frame(b"", PING) * COUNT, id="pings"),
        pytest.param(frame(b"", BINARY & 0x0F) + frame(b"", 0x00) * COUNT, id="fragments"),
    ],
)
async def test_after_every_frame_others_have_a_turn(nursery: trio.Nursery, flood: bytes) -> None:
    server, client = trio.testing.memory_stream_pair()
    await accepted(server, client, nursery, burst=2 * COUNT)
    turns = await turns_during(client, flood + GOING)
    assert turns >= COUNT


async def test_so_they_have_after_every_message_that_comes_too_late(nursery: trio.Nursery) -> None:
    server, client = trio.testing.memory_stream_pair()
    connection = await accepted(server, client, nursery, burst=1)
    nursery.start_soon(connection.aclose, 4009)
    held = bytearray()
    await client.receive_some(4096)
    assert (await hear_frame(client, held))[0] == CLOSE
    assert await turns_during(client, frame(b"late", TEXT) * COUNT + GOING) >= COUNT


async def turns_during(client: trio.abc.Stream, flood: bytes) -> int:
    """How many turns somebody else has until the server has gone through all of `flood`, which ends it."""
    turns, is_over = 0, False

    async def until_over() -> None:
        nonlocal is_over
        while await client.receive_some(65_536):
            pass
        is_over = True

    async with trio.open_nursery() as both:
        await client.send_all(flood)
        both.start_soon(until_over)
        while not is_over:
            turns += 1
            await trio.lowlevel.checkpoint()
    return turns


async def test_of_what_comes_byte_by_byte_few_pieces_are_kept(nursery: trio.Nursery) -> None:
    server, client = trio.testing.memory_stream_pair()
    connection = await accepted(server, client, nursery, burst=1)
    for byte in frame(bytes(16_384), BINARY)[:-1]:
        await client.send_all(bytes([byte]))
    await trio.testing.wait_all_tasks_blocked()
    assert sum(map(len, connection._message_parts)) == 16_383
    assert len(connection._message_parts) < 16
    await client.send_all(GOING[-1:])
    assert len(await connection.get_message()) == 16_384
    await client.send_all(GOING)


@pytest.mark.parametrize(("character", "most"), [("x", 16_384), ("é", 8192), ("😀", 4096)])
@pytest.mark.parametrize("fragments", [1, 100])
async def test_a_text_is_as_long_as_its_bytes(nursery: trio.Nursery, character: str, most: int, fragments: int) -> None:
    server, client = trio.testing.memory_stream_pair()
    connection = await accepted(server, client, nursery, burst=1000)
    for text in (character * most, character * most + "."):
        await client.send_all(b"".join(cut_to_frames(text.encode(), fragments)))
    assert await connection.get_message() == character * most
    with pytest.raises(ConnectionClosed) as closed:
        await connection.get_message()
    assert closed.value.reason is not None
    assert closed.value.reason.code == 1009


def cut_to_frames(text: bytes, count: int) -> list[bytes]:
    """A text message in so many frames, characters cut anywhere."""
    size = -(-len(text) // count)
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    firsts = [TEXT & 0x0F if at == 0 else 0x00 for at in range(len(parts))]
    firsts[-1] |= 0x80
    return [frame(part, first) for part, first in zip(parts, firsts, strict=True)]


async def test_of_a_message_that_never_ends_no_more_is_kept_than_the_bucket_has(nursery: trio.Nursery) -> None:
    server, client = trio.testing.memory_stream_pair()
    connection = await accepted(server, client, nursery, burst=10)
    floods: list[None] = []
    connection.on_flood = lambda: floods.append(None)
    await client.send_all(frame(b"", 0x02) + frame(b"", 0x00) * COUNT)
    await trio.testing.wait_all_tasks_blocked()
    assert len(floods) == 1
    assert len(connection._message_parts) == 10
    await client.send_all(GOING)
