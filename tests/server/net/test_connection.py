"""A player's whole connection, over either lane: whatever the peer does, the session ends and the stream is closed."""

import socket
import struct
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import trio

from protocol import limits
from protocol.codec import MsgpackCodec, Wire
from protocol.frames import BINARY
from protocol.messages import Bye, ClientMessage, Hello, Ping, Pong, Welcome
from server.lobby import Lobby
from server.net.connection import converse
from server.session import Session
from tests.instruments.stepper import Stepper
from tests.server.net.wires import MSGPACK, Ends, frame, hear_frame, upgrade

HELLO = MSGPACK.encode(Hello(1, "Ann"))
CLOSE = 0x88


class Peer:
    """A bare client: sends frames as they are, and hears frames as they come."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.stream = stream
        self.held = bytearray()

    async def say(self, payload: bytes, first: int = BINARY) -> None:
        await self.stream.send_all(frame(payload, first))

    async def hear(self, kind: type) -> Any:
        """The next message of that kind."""
        while True:
            first, payload = await hear_frame(self.stream, self.held)
            if first == BINARY and isinstance(message := MSGPACK.decode_server(payload), kind):
                return message

    async def hear_close(self) -> tuple[int, str]:
        """(code, reason) of the close frame, and then the end."""
        first, payload = await hear_frame(self.stream, self.held)
        while first != CLOSE:
            first, payload = await hear_frame(self.stream, self.held)
        return int.from_bytes(payload[:2], "big"), payload[2:].decode()


class Played(NamedTuple):
    lobby: Lobby
    peer: Peer
    over: trio.Event


@pytest.fixture
async def played(ends: Ends, nursery: trio.Nursery) -> AsyncIterator[Played]:
    """A room, a connection to it that is open, and an event for when everything of that is gone."""
    server, client = ends
    lobby, over = Stepper(seed=1).lobby, trio.Event()

    async def serve() -> None:
        await converse(server, upgrade(), b"", MSGPACK, lobby, "peer")
        over.set()

    nursery.start_soon(serve)
    assert (await client.receive_some(4096)).startswith(b"HTTP/1.1 101")
    yield Played(lobby, Peer(client), over)
    await client.aclose()
    with trio.fail_after(60):
        await over.wait()
    assert not lobby.sessions


async def test_hello_is_answered_with_welcome(played: Played) -> None:
    await played.peer.say(HELLO)
    welcome = await played.peer.hear(Welcome)
    assert [player.name for player in welcome.players] == ["Ann"]
    await played.peer.say(MSGPACK.encode(Ping(7)))
    assert (await played.peer.hear(Pong)).nonce == 7


async def test_a_message_in_fragments_is_a_message(played: Played) -> None:
    await played.peer.say(HELLO[:3], 0x02)
    await played.peer.say(b"amid", 0x89)
    await played.peer.say(HELLO[3:], 0x80)
    assert (await played.peer.hear(Welcome)).version == 1


@pytest.mark.parametrize(
    ("before", "again"),
    [
        pytest.param(b"", frame(b"", 0x89), id="pings"),
        pytest.param(b"", frame(b"", 0x8A), id="pongs"),
        pytest.param(frame(b"", 0x02), frame(b"", 0x00), id="fragments of nothing"),
    ],
)
async def test_a_flood_of_frames_that_are_no_message_ends_it(played: Played, before: bytes, again: bytes) -> None:
    await played.peer.stream.send_all(before + again * (2 * limits.MESSAGES_BURST_MAX))
    assert (await played.peer.hear(Bye)).code == 4009
    assert await played.peer.hear_close() == (4009, "more than 120 pings, pongs and fragments a second")


async def test_as_many_of_them_as_a_long_stall_delivers_at_once_are_borne(played: Played) -> None:
    await played.peer.stream.send_all(frame(b"", 0x8A) * limits.MESSAGES_BURST_MAX + frame(HELLO))
    assert (await played.peer.hear(Welcome)).version == 1


async def test_a_peer_may_close(played: Played) -> None:
    await played.peer.say(HELLO)
    await played.peer.hear(Welcome)
    await played.peer.say(b"\x03\xe8going", CLOSE)
    assert await played.peer.hear_close() == (1000, "going")


async def test_a_peer_may_vanish(played: Played) -> None:
    await played.peer.say(HELLO)
    await played.peer.hear(Welcome)
    await played.peer.stream.aclose()
    await played.over.wait()


async def test_a_bad_message_gets_a_bye_and_a_close_frame_that_agree(played: Played) -> None:
    await played.peer.say(b"\xc1")
    bye = await played.peer.hear(Bye)
    assert await played.peer.hear_close() == (bye.code, bye.sentence)
    assert bye.code == 4000


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (frame(b"not masked")[:1] + b"\x05plain", 1002),
        (b"GET / HTTP/1.1\r\n\r\n", 1002),
        (frame(b"reserved", 0xF2), 1002),
        (frame(b"\xff\xfe", 0x81), 1007),
        (frame(b"x" * 16_385), 1009),
        (frame(b"x" * 100_000), 1009),
        (frame(b"text", 0x81), 4016),
    ],
)
async def test_what_breaks_the_protocol_gets_a_close_frame(played: Played, wire: bytes, code: int) -> None:
    await played.peer.say(HELLO)
    await played.peer.hear(Welcome)
    await played.peer.stream.send_all(wire)
    assert (await played.peer.hear_close())[0] == code


async def test_what_was_said_before_the_framing_broke_is_answered_first(played: Played) -> None:
    await played.peer.say(HELLO)
    await played.peer.hear(Welcome)
    await played.peer.stream.send_all(frame(MSGPACK.encode(Ping(7))) + frame(b"reserved", 0xF2))
    assert (await played.peer.hear(Pong)).nonce == 7
    assert (await played.peer.hear_close())[0] == 1002


class Faulty(MsgpackCodec):
    """A mistake of our own, in wait for a ping."""

    def decode_client(self, wire: Wire) -> ClientMessage:
        message = super().decode_client(wire)
        if isinstance(message, Ping):
            raise RuntimeError("nobody thought of this")
        return message


async def test_our_own_mistake_ends_one_conversation_only(ends: Ends, nursery: trio.Nursery) -> None:
    server, client = ends
    lobby = Stepper(seed=1).lobby
    nursery.start_soon(converse, server, upgrade(), b"", Faulty(), lobby, "peer")
    await client.receive_some(4096)
    peer = Peer(client)
    await peer.say(HELLO)
    await peer.hear(Welcome)
    await peer.say(MSGPACK.encode(Ping(1)))
    code, sentence = await peer.hear_close()
    assert code == 4033
    assert "logged" in sentence
    await client.aclose()


async def test_a_mistake_upon_a_mistake_ends_it_as_well(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("nobody thought of this either")

    monkeypatch.setattr(Session, "end", fail)
    server, client = ends
    async with trio.open_nursery() as nursery:
        nursery.start_soon(converse, server, upgrade(), b"", Faulty(), Stepper(seed=1).lobby, "peer")
        await client.receive_some(4096)
        peer = Peer(client)
        await peer.say(HELLO)
        await peer.hear(Welcome)
        await peer.say(MSGPACK.encode(Ping(1)))
        assert (await peer.hear_close())[0] == 4033
        await client.aclose()


async def test_a_peer_may_be_gone_before_the_answer(ends: Ends) -> None:
    server, client = ends
    await break_off(client)
    lobby = Stepper(seed=1).lobby
    with trio.fail_after(60):
        await converse(server, upgrade(), b"", MSGPACK, lobby, "peer")
    assert not lobby.sessions


async def break_off(stream: trio.abc.Stream) -> None:
    """Close `stream` so that the other end's next write fails: over TCP with a reset."""
    if isinstance(stream, trio.SocketStream):
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await stream.aclose()
