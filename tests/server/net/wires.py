"""Streams and frames to test the server's edge with: what a client could send, and how it hears the answer."""

import socket
import time
from collections.abc import Callable, Sequence

import trio
import trio.testing
from hypothesis import strategies as draw

from protocol import frames, limits
from protocol.codec import CODECS
from server.net.fast_lane import FastLane
from server.net.lane import PlainLane
from server.net.request import Request, RequestReader
from server.statistics import Traffic

MASK = b"\x1f\x2e\x3d\x4c"
CLOSE, PING, PONG = 0x88, 0x89, 0x8A
"""First bytes of the control frames."""
LANES = ("fast", "plain")
Ends = tuple[trio.abc.Stream, trio.abc.Stream]
MSGPACK, JSON = CODECS[limits.SUBPROTOCOL_MSGPACK], CODECS[limits.SUBPROTOCOL_JSON]


def upgrade(subprotocol: str = limits.SUBPROTOCOL_MSGPACK, path: str = "/play", **others: str | None) -> bytes:
    """A request head that may play; `others` adds or (None) takes away headers, with _ for -."""
    headers: dict[str, str | None] = {
        "host": "game.example",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": subprotocol,
        **{name.replace("_", "-"): value for name, value in others.items()},
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def request_of(head: bytes) -> Request:
    request = RequestReader().receive(head)
    assert request is not None
    return request


def frame(payload: bytes, first: int = frames.BINARY) -> bytes:
    return frames.masked_frame(payload, MASK, first)


async def stream_pair(lane: str) -> Ends:
    """(server's end, client's end): TCP over loopback for the fast lane, memory for the plain one."""
    if lane == "plain":
        return trio.testing.memory_stream_pair()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = await trio.open_tcp_stream(*listening.getsockname())
        accepted, _ = listening.accept()
    return trio.SocketStream(trio.socket.from_stdlib_socket(accepted)), client


def lane_over(stream: trio.abc.Stream, head: bytes, nursery: trio.Nursery, traffic: Traffic | None = None) -> PlainLane:
    traffic = traffic or Traffic()
    if isinstance(stream, trio.SocketStream):
        return FastLane(stream, head, b"", traffic, nursery)
    return PlainLane(stream, head, b"", traffic)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing announces."""
    with trio.fail_after(60):
        while not condition():  # noqa: ASYNC110
            await trio.sleep(0.001)


async def really(condition: Callable[[], bool]) -> None:
    """`until`, on the real clock: for what a thread does while trio's clock is the test's."""
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s
        await trio.testing.wait_all_tasks_blocked(0.005)


async def hear_frame(stream: trio.abc.Stream, held: bytearray) -> tuple[int, bytes]:
    """(first byte, payload) of the server's next frame; `held` keeps what came after it."""
    while True:
        if len(held) >= 2:
            length, start = held[1], 2
            if length == 126:
                length, start = int.from_bytes(held[2:4], "big"), 4
            if len(held) >= start + length:
                first, payload = held[0], bytes(held[start : start + length])
                del held[: start + length]
                return first, payload
        received = await stream.receive_some(65536)
        if not received:
            raise EOFError
        held += received


def conversations(payload_bytes_max: int) -> draw.SearchStrategy[bytes]:
    """What a client might send after the handshake: mostly what is right, and anywhere among it what is not."""
    payloads = draw.binary(max_size=40) | draw.binary(min_size=120, max_size=min(payload_bytes_max, 600))
    whole = draw.builds(frame, payloads)
    longest = draw.just(frame(b"x" * payload_bytes_max))
    text = draw.builds(lambda line: frame(line.encode(), frames.TEXT), draw.text(max_size=30))
    control = draw.builds(frame, draw.binary(max_size=125), draw.sampled_from([PING, PONG]))
    fragments = draw.lists(draw.binary(max_size=20), min_size=2, max_size=4).map(_fragmented)
    right = whole | whole | longest | control | text | fragments
    parts = draw.lists(right | right | right | _wrong(payload_bytes_max), max_size=8)
    return parts.map(b"".join)


def _wrong(payload_bytes_max: int) -> draw.SearchStrategy[bytes]:
    """What a client may not send, or not before anything else: RFC 6455, 5.2 to 5.5 and 7.4."""
    reasons = draw.sampled_from([b"", b"\x03\xe8bye", b"\x0b\xb8", b"\x03", b"\x03\xe7", b"\x03\xed", b"\x03\xe8\xff"])
    close = draw.builds(frame, reasons, draw.just(CLOSE))
    too_long = draw.sampled_from([payload_bytes_max + 1, 70_000]).map(lambda length: frame(b"x" * length))
    too_long_in_all = draw.just(frame(b"x" * payload_bytes_max, 0x02) + frame(b"x", 0x80))
    unmasked = draw.sampled_from([frames.BINARY, frames.TEXT, PING, CLOSE]).map(
        lambda first: bytes((first, 3)) + b"bad"
    )
    first_bytes = [0xC2, 0xA2, 0x92, 0xC9, 0x83, 0x87, 0x8B, 0x8F, 0x09, 0x08]  # reserved bits and opcodes; cut control
    forbidden = draw.builds(frame, draw.binary(max_size=20), draw.sampled_from(first_bytes))
    out_of_place = draw.sampled_from([0x80, 0x00, 0x02, 0x01]).map(lambda first: frame(b"part", first))
    long_control = draw.sampled_from([PING, CLOSE]).map(lambda first: frame(b"x" * 126, first))
    not_shortest = draw.sampled_from([b"\x82\xfe\x00\x05", b"\x82\xff" + bytes(7) + b"\x05"]).map(
        lambda head: head + MASK + b"short"
    )
    not_utf8 = draw.just(frame(b"\xff\xfe", frames.TEXT))
    garbage = draw.binary(min_size=1, max_size=12)
    return draw.one_of(
        close,
        too_long,
        too_long_in_all,
        unmasked,
        forbidden,
        out_of_place,
        long_control,
        not_shortest,
        not_utf8,
        garbage,
    )


def cut(wire: bytes) -> draw.SearchStrategy[list[bytes]]:
    """`wire` in pieces."""
    places = draw.lists(draw.integers(0, len(wire)), max_size=5, unique=True).map(sorted)
    return places.map(lambda at: [wire[a:b] for a, b in zip([0, *at], [*at, len(wire)], strict=True) if a < b])


def _fragmented(parts: Sequence[bytes]) -> bytes:
    """One binary message in frames (RFC 6455, 5.4), with a ping among them."""
    first, *middle, last = parts
    inner = [frame(part, 0x00) for part in middle]
    return b"".join([frame(first, 0x02), frame(b"amid", PING), *inner, frame(last, 0x80)])
